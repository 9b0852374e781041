-- Retention: people who did not log in for `months`, to be warned thirty days before that or, once that is over and the
-- warning thirty days old, to be deleted. Who carries a request that waits or a token that lives, or answers for a
-- program or a webhook, is not inactive; an account that is suspended stays for who looks into it, and administrators
-- stay.
-- :many (months int4, warning_days int4, limit int4) -> account_inactive (
--     id uuid,
--     is_warned bool)
WITH inactive AS (
    SELECT a.id, coalesce(a.last_login_at, a.activated_at, a.created_at) AS seen_at, a.inactive_warned_at
    FROM account a
    WHERE a.state = 'active' AND a.suspended_at IS NULL
      AND coalesce(a.last_login_at, a.activated_at, a.created_at)
          < now() - make_interval(months => $1::int) + make_interval(days => $2::int)
      AND NOT EXISTS (SELECT FROM request r WHERE r.applicant_id = a.id AND r.state IN ('submitted', 'changes_requested'))
      AND NOT EXISTS (SELECT FROM request r JOIN token t ON t.request_id = r.id
                      WHERE r.applicant_id = a.id AND token_state(t.revoked_at, t.expires_at) = 'active')
      AND NOT EXISTS (SELECT FROM client_person c WHERE c.account_id = a.id)
      AND NOT EXISTS (SELECT FROM webhook w WHERE w.account_id = a.id)
      AND NOT EXISTS (SELECT FROM staff_role s WHERE s.account_id = a.id AND s.role = 'admin')
)
SELECT i.id, coalesce(i.inactive_warned_at > i.seen_at, false) AS is_warned
FROM inactive i
WHERE CASE WHEN coalesce(i.inactive_warned_at > i.seen_at, false)
           THEN i.inactive_warned_at < now() - make_interval(days => $2::int)
                AND i.seen_at < now() - make_interval(months => $1::int)
           ELSE true END
ORDER BY i.seen_at
LIMIT $3::int
