-- $1 webhook, $2 account
SELECT w.id, w.product, w.siret, w.enabled, w.version,
       (SELECT count(*) FROM webhook_secret s WHERE s.webhook_id = w.id) AS secrets
FROM webhook w WHERE w.id = $1::uuid AND w.account_id = $2::uuid
FOR UPDATE OF w
