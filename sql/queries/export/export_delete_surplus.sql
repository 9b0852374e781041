-- Deletes the oldest exports of an account, so that at most `kept` are left.
-- :exec (account uuid, kept int4)
DELETE FROM export
WHERE id IN (SELECT e.id FROM export e WHERE e.account_id = $1::uuid ORDER BY e.created_at DESC OFFSET $2::int)
