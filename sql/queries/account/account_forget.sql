-- Deletes everything that says who a person was or lets them in.
-- :exec (account uuid)
WITH sessions AS (DELETE FROM session WHERE account_id = $1::uuid),
     links AS (DELETE FROM link WHERE account_id = $1::uuid),
     identities AS (DELETE FROM federated_identity WHERE account_id = $1::uuid),
     factors AS (DELETE FROM second_factor WHERE account_id = $1::uuid),
     resets AS (DELETE FROM second_factor_reset WHERE $1::uuid IN (account_id, asked_by)),
     codes AS (DELETE FROM recovery_code WHERE account_id = $1::uuid),
     roles AS (DELETE FROM staff_role WHERE account_id = $1::uuid),
     reports AS (DELETE FROM membership_report WHERE reported_by = $1::uuid),
     programs AS (DELETE FROM client_person WHERE account_id = $1::uuid),
     webhooks AS (DELETE FROM webhook WHERE account_id = $1::uuid AND client_id IS NULL),
     filters AS (DELETE FROM saved_filter WHERE account_id = $1::uuid),
     mails AS (DELETE FROM outbox WHERE account_id = $1::uuid AND state <> 'sent')
UPDATE membership SET state = 'left', reason = NULL, reported_at = NULL, version = version + 1, updated_at = now()
WHERE account_id = $1::uuid
