-- Records a failed delivery: the mail is parked, or tried again after 5 s, doubled at each failure up to 30
-- minutes.
-- :exec (
--     mail uuid,
--     problem text,            -- technical, without personal data
--     is_parked bool)
UPDATE outbox
SET last_error = $2, state = CASE WHEN $3::boolean THEN 'parked' WHEN sealed IS NULL THEN 'pending' ELSE 'sealed' END,
    next_attempt_at = now() + least(interval '30 minutes', interval '5 seconds' * power(2, least(attempts - 1, 10)))
WHERE id = $1::uuid
