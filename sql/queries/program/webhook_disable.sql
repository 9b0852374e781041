-- Switches a webhook off. No row where it is off already.
-- :opt (webhook uuid, reason text) -> webhook_disabled (
--     url text,
--     account_id uuid,
--     client_id uuid?,         -- the program that it belongs to
--     email text,
--     product text,
--     siret text?,
--     failing_since text)      -- day and time in Paris
UPDATE webhook w
SET enabled = false, disabled_reason = $2, version = w.version + 1, updated_at = now()
FROM account a
WHERE w.id = $1::uuid AND w.enabled AND a.id = w.account_id
RETURNING w.url, w.account_id, w.client_id, a.email, w.product, w.siret,
          paris_time(w.failing_since) AS failing_since
