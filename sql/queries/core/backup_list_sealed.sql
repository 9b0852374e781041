-- The next thousand secrets that only the master key opens, each with what it is bound to.
-- :many (
--     after text)              -- context of the last one seen; empty: from the first
-- -> backup_sealed (
--     context text,
--     sealed text)
SELECT kind || '/' || id AS context, sealed
FROM (SELECT 'signing_key' AS kind, kid AS id, sealed_private_pem AS sealed FROM signing_key
      UNION ALL SELECT 'token', id::text, sealed_jwt FROM token
      UNION ALL SELECT 'webhook_secret', id::text, sealed_secret FROM webhook_secret
      UNION ALL SELECT 'former_system', name, sealed_secret FROM former_system) secret
WHERE kind || '/' || id > $1
ORDER BY 1
LIMIT 1000
