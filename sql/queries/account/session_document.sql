-- The session of the contract.
-- :opt (session uuid, csrf_token text?,
--       requires_factor bool)  -- the setting staff_second_factor
--     -> document text
SELECT json_build_object(
    'account', account_json(a, $3::boolean),
    'memberships', (SELECT coalesce(json_agg(membership_json(m, true) ORDER BY m.created_at, m.id), '[]')
                    FROM membership m WHERE m.account_id = a.id AND m.state NOT IN ('pending', 'left')),
    'csrf_token', $2::text,
    'second_factor', CASE WHEN s.second_factor THEN 'passed'
                          WHEN EXISTS (SELECT FROM second_factor f
                                       WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL) THEN 'pending'
                          ELSE 'not_required' END,
    'logged_in_at', api_time(s.logged_in_at),
    'expires_at', api_time(least(s.expires_at, s.last_seen_at + interval '12 hours')))::text AS document
FROM session s JOIN account a ON a.id = s.account_id
WHERE s.id = $1::uuid
