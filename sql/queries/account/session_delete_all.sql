-- Ends the sessions of an account.
-- :exec (account uuid,
--        kept uuid?)  -- the session that goes on
DELETE FROM session WHERE account_id = $1::uuid AND id IS DISTINCT FROM $2::uuid
