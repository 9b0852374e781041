-- A secret, or NULL where the signature has none.
-- :one (is_null bool) -> secret text
SELECT CASE WHEN NOT $1 THEN 'geheim'::text END AS secret
