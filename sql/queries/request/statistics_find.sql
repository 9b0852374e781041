-- Public figures: volumes and delays, no name of a person.
-- :one () -> document text
WITH living AS (
    SELECT r.siret FROM request r WHERE r.habilitation_id IS NOT NULL AND r.state NOT IN ('revoked', 'archived')
),
months AS (
    -- Of Paris: they begin at 22:00 or 23:00 UTC.
    SELECT m AT TIME ZONE 'Europe/Paris' AS start, to_char(m, 'YYYY-MM') AS name
    FROM (SELECT date_trunc('month', now() AT TIME ZONE 'Europe/Paris') AS last) n,
         generate_series(n.last - interval '11 months', n.last, interval '1 month') m
),
since AS (
    SELECT min(m.start) AS at FROM months m
),
submissions AS (
    -- Here, and in the system that a request was taken over from, whose history stayed there.
    SELECT paris_month(s.at) AS month, count(*) AS n
    FROM (SELECT e.at FROM request_event e WHERE e.event = 'submit'
          UNION ALL
          SELECT d.submitted_at FROM decision d WHERE d.former_system IS NOT NULL) s
    WHERE s.at >= (SELECT f.at FROM since f) GROUP BY 1
),
decided AS (
    SELECT paris_month(d.at) AS month, d.outcome, count(*) AS n FROM decision d
    WHERE d.at >= (SELECT f.at FROM since f) GROUP BY 1, 2
),
called AS (
    -- Without what the sandbox invented. Days (of UTC: what comes between midnight here and there counts a day late),
    -- then the hours of today, then what is not rolled up yet.
    SELECT paris_month(p.at) AS month, sum(p.n)::bigint AS n,
           (sum(p.n) FILTER (WHERE p.at > now() - interval '30 days'))::bigint AS recent
    FROM (SELECT d.day AS at, sum(d.calls) AS n FROM call_day d
          WHERE d.day >= (SELECT f.at FROM since f) AND NOT d.is_sandbox GROUP BY 1
          UNION ALL
          SELECT h.hour, sum(h.calls) FROM call_hour h, call_rolled r
          WHERE h.hour >= date_trunc('day', r.until, 'UTC') AND h.hour < r.until AND NOT h.is_sandbox GROUP BY 1
          UNION ALL
          SELECT now(), count(*) FROM call c, call_rolled r WHERE c.at >= r.until AND NOT c.is_sandbox) p
    GROUP BY 1
)
SELECT json_build_object(
    'generated_at', api_time(now()),
    'organisations', (SELECT count(DISTINCT l.siret) FROM living l),
    'requests', (SELECT json_build_object(
        'submitted', count(*) FILTER (WHERE r.state = 'submitted'),
        'changes_requested', count(*) FILTER (WHERE r.state = 'changes_requested'),
        'approved', count(*) FILTER (WHERE r.state = 'approved'),
        'refused', count(*) FILTER (WHERE r.state = 'refused'),
        'revoked', count(*) FILTER (WHERE r.state = 'revoked'))
        FROM request r WHERE r.first_submitted_at IS NOT NULL),
    'decisions', (SELECT json_build_object(
        'approve', count(*) FILTER (WHERE d.outcome = 'approve'),
        'refuse', count(*) FILTER (WHERE d.outcome = 'refuse'),
        'request_changes', count(*) FILTER (WHERE d.outcome = 'request_changes'),
        'revoke', count(*) FILTER (WHERE d.outcome = 'revoke')) FROM decision d),
    'median_days_to_decision', (SELECT round((extract(epoch FROM median_wait(NULL)) / 86400)::numeric, 1)),
    'active_habilitations', (SELECT count(*) FROM living),
    'active_tokens', (SELECT count(*) FROM token t
                      WHERE t.expires_at > now() AND (t.revoked_at IS NULL OR t.revoked_at > now())),
    'calls_last_30_days', (SELECT coalesce(sum(c.recent), 0) FROM called c),
    'months', (SELECT json_agg(json_build_object(
        'month', m.name,
        'submissions', coalesce((SELECT s.n FROM submissions s WHERE s.month = m.start), 0),
        'approvals', coalesce((SELECT d.n FROM decided d WHERE d.month = m.start AND d.outcome = 'approve'), 0),
        'refusals', coalesce((SELECT d.n FROM decided d WHERE d.month = m.start AND d.outcome = 'refuse'), 0),
        'calls', coalesce((SELECT c.n FROM called c WHERE c.month = m.start), 0)) ORDER BY m.start)
        FROM months m))::text AS document
