-- An account as support and administrators see it: schema AccountOverview of openapi.yaml.
CREATE OR REPLACE FUNCTION account_overview_json(a account) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object(
            'id', a.id,
            'version', a.version,
            'email', a.email,
            'given_name', a.given_name,
            'family_name', a.family_name,
            'state', account_state(a),
            'suspension', CASE WHEN account_state(a) = 'suspended' THEN json_build_object(
                'reason', a.suspension_reason, 'since', api_time(a.suspended_at),
                'until', api_time(a.suspended_until), 'by', person_json(a.suspended_by)) END,
            'roles', account_roles_json(a.id),
            'memberships', (SELECT coalesce(json_agg(membership_json(m, true) ORDER BY m.created_at, m.id), '[]')
                            FROM membership m WHERE m.account_id = a.id AND m.state NOT IN ('pending', 'left')),
            'has_password', a.password_hash IS NOT NULL,
            'identities', (SELECT coalesce(json_agg(f.issuer ORDER BY f.created_at, f.subject), '[]')
                           FROM federated_identity f WHERE f.account_id = a.id),
            'second_factor', json_build_object(
                'enrolled', EXISTS (SELECT FROM second_factor f
                                    WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL),
                'required', app_staff_second_factor() AND account_needs_second_factor(a.id),
                'reset', (SELECT second_factor_reset_json(r) FROM second_factor_reset r WHERE r.account_id = a.id)),
            'sessions', (SELECT count(*) FROM session s
                         WHERE s.account_id = a.id AND s.expires_at > now()
                           AND s.last_seen_at > now() - interval '12 hours'),
            'programs', (SELECT count(*) FROM client c WHERE c.account_id = a.id),
            'webhooks', (SELECT count(*) FROM webhook w WHERE w.account_id = a.id AND w.enabled),
            'created_at', api_time(a.created_at),
            'activated_at', api_time(a.activated_at),
            'last_login_at', api_time(a.last_login_at))
    $$;
