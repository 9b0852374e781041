-- Locks an account before its clients or webhooks are counted: two at once would each count before the other's was
-- added.
-- :exec (account uuid)
SELECT FROM account WHERE id = $1::uuid FOR UPDATE
