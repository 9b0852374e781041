-- The session of the contract. Until the second factor is given, it shows nothing of the account.
-- :opt (session uuid, csrf_token text?,
--       requires_factor bool)  -- the setting staff_second_factor
--     -> document text
WITH found AS (
    SELECT s, a, CASE WHEN s.second_factor THEN 'passed'
                      WHEN EXISTS (SELECT FROM second_factor f
                                   WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL) THEN 'pending'
                      ELSE 'not_required' END AS factor
    FROM session s JOIN account a ON a.id = s.account_id
    WHERE s.id = $1::uuid)
SELECT json_build_object(
    'account', CASE WHEN f.factor <> 'pending' THEN account_json(f.a, $3::boolean) END,
    'memberships', (SELECT coalesce(json_agg(membership_json(m, true) ORDER BY m.created_at, m.id), '[]')
                    FROM membership m
                    WHERE m.account_id = (f.a).id AND m.state NOT IN ('pending', 'left') AND f.factor <> 'pending'),
    'csrf_token', $2::text,
    'second_factor', f.factor,
    'logged_in_at', api_time((f.s).logged_in_at),
    'expires_at', api_time(least((f.s).expires_at, (f.s).last_seen_at + interval '12 hours')))::text AS document
FROM found f
