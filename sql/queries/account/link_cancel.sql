-- Ends the unused links of a kind.
-- :exec (account uuid, kind text)
DELETE FROM link WHERE account_id = $1::uuid AND kind = $2 AND used_at IS NULL
