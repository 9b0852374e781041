-- $1 siret
SELECT siret, name, legal_category, open,
       nullif(concat_ws(', ', street, nullif(concat_ws(' ', postal_code, city), '')), '') AS address
FROM directory_establishment WHERE siret = $1
