-- Establishments whose SIRET begins with these 9 to 14 digits.
-- :many (digits text, limit int4, offset int4) -> directory_row
SELECT siret, name, legal_category, open,
       nullif(concat_ws(', ', street, nullif(concat_ws(' ', postal_code, city), '')), '') AS address
FROM directory_establishment
WHERE siret BETWEEN rpad($1, 14, '0') AND rpad($1, 14, '9')
ORDER BY open DESC, siret
LIMIT $2::int OFFSET $3::int
