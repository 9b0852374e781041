-- $1 id, $2 what went wrong, $3 given up. Waits double from 5 s up to 30 minutes.
UPDATE outbox
SET last_error = $2, state = CASE WHEN $3::boolean THEN 'parked' ELSE 'pending' END,
    next_attempt_at = now() + least(interval '30 minutes', interval '5 seconds' * power(2, least(attempts - 1, 10)))
WHERE id = $1::uuid
