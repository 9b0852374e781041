-- Keeps the secret of a factor that is to be confirmed. No row is affected where one is confirmed already.
-- :affected (account uuid, sealed_secret bytea)
INSERT INTO second_factor (account_id, sealed_secret) VALUES ($1::uuid, $2)
ON CONFLICT (account_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, last_step = 0, created_at = now()
WHERE second_factor.confirmed_at IS NULL
