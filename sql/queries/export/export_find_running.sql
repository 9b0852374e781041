-- The export of an account that is being made.
-- :opt (account uuid) -> id uuid
SELECT e.id FROM export e WHERE e.account_id = $1::uuid AND e.state IN ('pending', 'running')
