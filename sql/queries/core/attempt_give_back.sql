-- One try less: it was a good one. Ends the wait that it began. $1 key, $2 limit
UPDATE attempt
SET count = greatest(count - 1, 0),
    blocked_until = CASE WHEN count - 1 >= $2::int THEN blocked_until END
WHERE key = $1
