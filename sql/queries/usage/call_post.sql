-- Writes the calls of an external gateway, except those whose request id is known. Marks hours that were
-- rolled up already, and, where a call could belong to the hour that comes next, lets none be rolled up until
-- the transaction ends.
-- :one (calls jsonb) -> accepted int8
WITH posted AS (
    SELECT DISTINCT ON (c.token_id, c.request_id) c.*
    FROM jsonb_to_recordset($1::jsonb) AS c (token_id uuid, request_id text, at timestamptz, endpoint text,
        params jsonb, context text, object text, recipient text, status smallint, error_code text,
        duration_ms numeric, provider_ms numeric, ip text)
    ORDER BY c.token_id, c.request_id, c.at
), added AS (
    INSERT INTO call (at, token_id, endpoint, params, context, object, recipient, status, error_code,
                      duration_us, provider_us, request_id, address)
    SELECT p.at, p.token_id, p.endpoint, nullif(p.params, '{}')::text, p.context, p.object, p.recipient,
           p.status, p.error_code, round(p.duration_ms * 1000), round(p.provider_ms * 1000), p.request_id, p.ip
    FROM posted p
    WHERE NOT EXISTS (SELECT FROM call k
                      WHERE k.request_id = p.request_id AND k.token_id = p.token_id
                        AND k.at BETWEEN p.at - interval '1 day' AND p.at + interval '1 day')
    RETURNING at
), rolled AS MATERIALIZED (
    SELECT r.until FROM call_rolled r
    WHERE (SELECT min(p.at) FROM posted p) < greatest(r.until, clock_timestamp() - interval '4 minutes')
    FOR SHARE
), late AS (
    INSERT INTO call_late_hour (hour)
    SELECT DISTINCT date_trunc('hour', a.at, 'UTC') FROM added a, rolled r WHERE a.at < r.until
    ON CONFLICT DO NOTHING
)
SELECT count(*) AS accepted FROM added
