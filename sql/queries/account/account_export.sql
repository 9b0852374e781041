-- Everything that is kept about a person, files included; nothing of requests for which they may no
-- longer act.
-- :one (account uuid,
--       requires_factor bool)  -- the setting staff_second_factor
--     -> document text
SELECT json_build_object(
    'exported_at', api_time(now()),
    'account', account_json(a, $2::boolean),
    'identities', (SELECT coalesce(json_agg(json_build_object('issuer', f.issuer, 'subject', f.subject,
                       'created_at', api_time(f.created_at), 'last_used_at', api_time(f.last_used_at))), '[]')
                   FROM federated_identity f WHERE f.account_id = a.id),
    'former_emails', (SELECT coalesce(json_agg(json_build_object('email', e.email, 'until', api_time(e.until)) ORDER BY e.until), '[]')
                      FROM account_former_email e WHERE e.account_id = a.id),
    'memberships', (SELECT coalesce(json_agg(membership_json(m, true) ORDER BY m.created_at), '[]')
                    FROM membership m WHERE m.account_id = a.id),
    'sessions', (SELECT coalesce(json_agg(json_build_object('id', s.id, 'ip', s.address,
                     'user_agent', s.user_agent, 'created_at', api_time(s.created_at),
                     'last_seen_at', api_time(s.last_seen_at), 'expires_at', api_time(s.expires_at))), '[]')
                 FROM session s WHERE s.account_id = a.id),
    'requests', (SELECT coalesce(json_agg(json_build_object('id', r.id, 'number', 'D' || r.number,
                     'product', r.product, 'use_case', r.use_case, 'siret', r.siret, 'state', r.state,
                     'fields', fields_shown(r.fields), 'created_at', api_time(r.created_at),
                     'submitted_at', api_time(r.submitted_at)) ORDER BY r.number), '[]')
                 FROM request r WHERE r.applicant_id = a.id AND r.siret = ANY (applicant_sirets(a.id))),
    'decisions', (SELECT coalesce(json_agg(json_build_object('id', d.id, 'request_id', d.request_id,
                      'outcome', d.outcome, 'reason', d.reason, 'message', d.message,
                      'at', api_time(d.at)) ORDER BY d.at), '[]')
                  FROM decision d WHERE a.id IN (d.decided_by, d.proposed_by) AND d.former_system IS NULL),
    'messages', (SELECT coalesce(json_agg(json_build_object('id', g.id, 'request_id', g.request_id,
                     'body', g.body, 'at', api_time(g.at)) ORDER BY g.at), '[]')
                 FROM message g WHERE g.author_id = a.id),
    'tokens', (SELECT coalesce(json_agg(json_build_object('id', k.id, 'request_id', k.request_id,
                   'siret', k.siret, 'scopes', k.scopes, 'created_at', api_time(k.created_at),
                   'expires_at', api_time(k.expires_at), 'revoked_at', api_time(k.revoked_at))), '[]')
               FROM token k JOIN request r ON r.id = k.request_id
               WHERE r.applicant_id = a.id AND r.siret = ANY (applicant_sirets(a.id))),
    'clients', (SELECT coalesce(json_agg(client_json(c) ORDER BY c.created_at, c.id), '[]')
                FROM client c JOIN client_person p ON p.client_id = c.id WHERE p.account_id = a.id),
    'events', (SELECT coalesce(json_agg(json_build_object('at', api_time(u.at), 'action', u.action,
                   'object_type', u.subject_type, 'object_id', u.subject_id, 'address', u.address,
                   'details', u.detail) ORDER BY u.id), '[]')
               FROM audit u WHERE u.actor_id = a.id OR (u.subject_type = 'account' AND u.subject_id = a.id::text)),
    'accesses', (SELECT coalesce(json_agg(access_json(e) ORDER BY e.id DESC), '[]')
                 FROM access_log e WHERE e.concerned_id = a.id))::text AS document
FROM account a WHERE a.id = $1::uuid AND a.state = 'active'
