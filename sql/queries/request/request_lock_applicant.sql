-- Lets an account make one draft at a time, so that their count is right when the next one comes.
-- :exec (account uuid)
SELECT FROM account WHERE id = $1::uuid FOR NO KEY UPDATE
