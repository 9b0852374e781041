-- Seconds that this key still has to wait. A window that begins later than now was left by a clock that
-- was set back: it holds nobody. $1 key
SELECT ceil(extract(epoch FROM blocked_until - now()))::bigint AS wait_s
FROM attempt WHERE key = $1 AND blocked_until > now() AND window_started_at <= now() + interval '1 minute'
