-- An establishment of the imported directory.
-- :one (siret text) -> directory_row (
--     siret text,
--     name text,
--     legal_category text?,
--     open bool,
--     address text?)
SELECT siret, name, legal_category, open,
       nullif(concat_ws(', ', street, nullif(concat_ws(' ', postal_code, city), '')), '') AS address
FROM directory_establishment WHERE siret = $1
