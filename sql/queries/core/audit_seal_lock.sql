-- Takes the lock of who seals the audit until the transaction ends; false where somebody else has it.
-- :one () -> is_mine bool
SELECT pg_try_advisory_xact_lock(7239281) AS is_mine
