-- Former strings that this key signed are worth nothing any more.
-- :exec (kid text)
UPDATE token
SET previous_issued_at = NULL, previous_until = NULL, previous_kid = NULL, version = version + 1
WHERE previous_kid = $1
