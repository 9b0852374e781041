-- $1 attempt, $2 state, $3 status or NULL, $4 beginning of the answer or NULL, $5 error or NULL, $6 ms
UPDATE webhook_attempt
SET state = $2, status = $3::int, response_excerpt = $4, error = $5, duration_ms = $6::int,
    claimed_until = NULL, due_at = NULL
WHERE id = $1::uuid AND state = 'pending'
RETURNING id
