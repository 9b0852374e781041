-- $1 first 9 to 14 digits, $2 limit, $3 how many were shown
SELECT siret, name, legal_category, open,
       nullif(concat_ws(', ', street, nullif(concat_ws(' ', postal_code, city), '')), '') AS address
FROM directory_establishment
WHERE siret BETWEEN rpad($1, 14, '0') AND rpad($1, 14, '9')
ORDER BY open DESC, siret
LIMIT $2::int OFFSET $3::int
