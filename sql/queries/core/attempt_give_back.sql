-- Takes one try back: it was a good one. Ends the wait that this try began.
-- :exec (key bytea, limit int4)
UPDATE attempt
SET count = greatest(count - 1, 0),
    blocked_until = CASE WHEN count - 1 >= $2::int THEN blocked_until END
WHERE key = $1
