-- Claims one alert whose figure crossed its bound, or came back, since it was last looked at. A minute of calls
-- is compared with the limit of its group.
-- :opt (limits jsonb)  -- array of {product, endpoint, key, per_minute}
-- -> usage_alert_change (
--     token_id uuid,
--     kind text,
--     threshold text?,     -- NULL for silence
--     window_minutes int4,
--     figure text?,        -- NULL: no call in the window
--     is_beyond bool)      -- false: back within the bounds
WITH limits AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS l (product text, endpoint text, key text, per_minute bigint)
), measured AS (
    SELECT a.token_id, a.place, a.kind, a.threshold, a.window_minutes, a.told_at,
           CASE a.kind
           WHEN 'silence' THEN
               CASE WHEN greatest(t.last_called_at, a.created_at) < now() - make_interval(mins => a.window_minutes) THEN 1 ELSE 0 END
           WHEN 'error_rate' THEN
               (SELECT 100.0 * sum(c.calls) FILTER (WHERE c.status >= 400 AND c.status <> 404) / sum(c.calls)
                FROM call_counts(a.token_id, now() - make_interval(mins => a.window_minutes), now(),
                                  CASE WHEN a.window_minutes < 180 THEN 60 ELSE 3600 END) c)
           ELSE
               (SELECT max(100.0 * m.calls / m.per_minute)
                FROM (SELECT l.key, l.per_minute, count(*) AS calls
                      FROM call c JOIN limits l ON l.product = t.product AND l.endpoint = c.endpoint
                      WHERE c.token_id = a.token_id AND c.at >= now() - make_interval(mins => least(a.window_minutes, 10))
                      GROUP BY l.key, l.per_minute, date_trunc('minute', c.at)) m)
           END AS figure
    FROM usage_alert a
    JOIN token t ON t.id = a.token_id
    WHERE (t.revoked_at IS NULL OR t.revoked_at > now()) AND t.expires_at > now()
), crossed AS (
    SELECT m.*, coalesce(m.figure, 0) >= CASE m.kind WHEN 'silence' THEN 1 ELSE greatest(m.threshold, 0.01) END AS is_beyond
    FROM measured m
), claimed AS (
    SELECT a.token_id, a.place, c.kind, c.threshold, c.window_minutes, c.figure, c.is_beyond
    FROM crossed c
    JOIN usage_alert a ON a.token_id = c.token_id AND a.place = c.place
    WHERE c.is_beyond = (a.told_at IS NULL)
    LIMIT 1
    FOR UPDATE OF a SKIP LOCKED
), kept AS (
    UPDATE usage_alert a SET told_at = CASE WHEN c.is_beyond THEN now() END
    FROM claimed c
    WHERE a.token_id = c.token_id AND a.place = c.place
)
SELECT token_id, kind, round(threshold, 2)::text AS threshold, window_minutes, round(figure, 1)::text AS figure, is_beyond
FROM claimed
