-- Lifts a suspension. No row is affected where there is none.
-- :affected (account uuid)
UPDATE account a
SET suspended_at = NULL, suspended_until = NULL, suspension_reason = NULL, suspended_by = NULL,
    version = version + 1, updated_at = now()
WHERE id = $1::uuid AND NOT account_is_active(a)
