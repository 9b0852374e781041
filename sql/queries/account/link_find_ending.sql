-- What became of a link that opens nothing any more; no row where this program never mailed it, or it ended long ago. Of
-- a link that was replaced, what became of the newer one counts once that is over.
-- :opt (kind text, secret_hash bytea) -> link_ending (
--     ending text,             -- used, expired, replaced, ended
--     at text,                 -- of documents
--     told_at text)            -- day and time in Paris
WITH RECURSIVE chain AS (
    SELECT $2::bytea AS secret_hash
    UNION
    SELECT s.replaced_by FROM chain c JOIN spent_link s ON s.kind = $1 AND s.secret_hash = c.secret_hash
    WHERE s.replaced_by IS NOT NULL
)
SELECT e.ending, api_time(e.at) AS at, to_char(e.at AT TIME ZONE 'Europe/Paris', 'DD/MM/YYYY à HH24:MI') AS told_at
FROM chain c
CROSS JOIN LATERAL (
    SELECT s.ending, s.at FROM spent_link s WHERE s.kind = $1 AND s.secret_hash = c.secret_hash
    UNION ALL
    SELECT 'expired', l.expires_at FROM link l
    WHERE l.kind = $1 AND l.secret_hash = c.secret_hash AND l.used_at IS NULL AND l.expires_at <= now()
    UNION ALL
    SELECT 'expired', r.expires_at FROM registration r
    WHERE $1 = 'activation' AND r.secret_hash = c.secret_hash AND r.expires_at <= now()
    UNION ALL
    SELECT 'used', coalesce(a.activated_at, a.created_at)
    FROM registration r JOIN account a ON a.email_key = r.email_key AND a.state <> 'pending'
    WHERE $1 = 'activation' AND r.secret_hash = c.secret_hash) e
ORDER BY e.ending = 'used' DESC, e.ending = 'replaced', e.at DESC
LIMIT 1
