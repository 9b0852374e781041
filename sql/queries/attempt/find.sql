-- Seconds that this key still has to wait. $1 key
SELECT ceil(extract(epoch FROM blocked_until - now()))::bigint AS wait_s
FROM attempt WHERE key = $1 AND blocked_until > now()
