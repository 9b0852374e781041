-- Every secret that only the master key opens, and what it is bound to. $1 the last one seen or ''
SELECT kind || '/' || id AS context, sealed
FROM (SELECT 'signing_key' AS kind, kid AS id, sealed_private_pem AS sealed FROM signing_key
      UNION ALL SELECT 'token', id::text, sealed_jwt FROM token
      UNION ALL SELECT 'webhook_secret', id::text, sealed_secret FROM webhook_secret) secret
WHERE kind || '/' || id > $1
ORDER BY 1
LIMIT 1000
