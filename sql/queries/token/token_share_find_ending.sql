-- Why a link that shares a string opens nothing; no row where it is none of ours. One whose token is over, or who made it has the
-- right no longer, was ended too.
-- :opt (secret_hash text) -> share_ending (
--     ending text,             -- used, expired, ended
--     at text,                 -- of documents
--     told_at text)            -- day and time in Paris
SELECT e.ending, api_time(e.at) AS at, to_char(e.at AT TIME ZONE 'Europe/Paris', 'DD/MM/YYYY à HH24:MI') AS told_at
FROM token_share s
CROSS JOIN LATERAL (
    SELECT CASE WHEN s.used_at IS NOT NULL THEN 'used'
                WHEN s.cancelled_at IS NOT NULL THEN 'ended'
                WHEN s.expires_at <= now() THEN 'expired'
                ELSE 'ended' END AS ending,
           CASE WHEN s.used_at IS NOT NULL THEN s.used_at
                WHEN s.cancelled_at IS NOT NULL THEN s.cancelled_at
                WHEN s.expires_at <= now() THEN s.expires_at
                ELSE now() END AS at) e
WHERE s.secret_hash = $1
