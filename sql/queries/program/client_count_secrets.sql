-- How many living secrets a client has. Run after client_lock: in the same statement the lock would be waited for, and
-- then what was there before the wait would be counted.
-- :one (client uuid) -> secrets int8
SELECT count(*) AS secrets FROM client_secret WHERE client_id = $1::uuid AND coalesce(expires_at > now(), true)
