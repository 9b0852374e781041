-- $1 webhook, $2 account
SELECT w.id, w.product, w.siret, w.enabled, w.version
FROM webhook w WHERE w.id = $1::uuid AND w.account_id = $2::uuid
FOR UPDATE
