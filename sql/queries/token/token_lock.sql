-- Keeps others from changing the token, and the ground on which the person acts, until the transaction ends. Apart from
-- the reading, which then sees what the former holders of the locks have written.
-- :exec (token uuid)
SELECT lock_token($1::uuid)
