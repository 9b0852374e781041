-- How many secrets a webhook has. Run after webhook_lock, for the reason given in client_count_secrets.
-- :one (webhook uuid) -> secrets int8
SELECT count(*) AS secrets FROM webhook_secret WHERE webhook_id = $1::uuid
