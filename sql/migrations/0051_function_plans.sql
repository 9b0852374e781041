-- The same functions in PL/pgSQL, which keeps their plans from one call to the next. In SQL they were planned
-- anew at each call, since they set a variable or aggregate and are never inlined: reading one token took
-- 5 ms of PostgreSQL's processor time, nearly all of it for plans.

CREATE OR REPLACE FUNCTION token_relations(asked_request uuid, asked_habilitation uuid, asked_product text,
                                           asked_siret text, person uuid) RETURNS text[]
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN (SELECT coalesce(array_agg(found.relation), '{}')
                FROM account a
                CROSS JOIN LATERAL (
                    SELECT 'applicant' AS relation FROM request r
                    WHERE r.id = asked_request AND r.applicant_id = a.id
                    UNION ALL
                    SELECT contact.key FROM habilitation h, jsonb_each(h.snapshot #> '{fields,contacts}') contact
                    WHERE h.id = asked_habilitation AND contact.key IN ('technical', 'business')
                      AND lower(contact.value ->> 'email') IN (lower(a.email), a.email_key)
                    UNION ALL
                    SELECT 'member' FROM membership m
                    WHERE m.account_id = a.id AND m.siret = asked_siret AND m.state = 'active'
                    UNION ALL
                    SELECT s.role FROM staff_role s
                    WHERE s.account_id = a.id AND app_client_siret() IS NULL
                      AND (s.product = asked_product OR s.role = 'admin')) found
                WHERE a.id = person AND a.state = 'active'
                  AND coalesce(app_client_siret() = asked_siret, true)
                  AND coalesce(app_client_product() = asked_product, true));
    END
    $$;

CREATE OR REPLACE FUNCTION token_rights(relations text[]) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
    BEGIN
        RETURN (SELECT coalesce(array_agg(act), '{}')
                FROM (VALUES ('reveal', ARRAY['applicant', 'technical']),
                             ('prolong', ARRAY['applicant']),
                             ('rotate', ARRAY['applicant', 'technical']),
                             ('revoke', ARRAY['applicant', 'technical', 'instructor', 'manager']),
                             ('set_addresses', ARRAY['applicant', 'technical']),
                             ('share', ARRAY['applicant', 'technical']),
                             ('read_usage', ARRAY['applicant', 'technical', 'business', 'reporter', 'instructor', 'manager', 'admin']),
                             ('read_calls', ARRAY['applicant', 'technical']),
                             ('set_alerts', ARRAY['applicant', 'technical', 'business'])) rights (act, who)
                WHERE who && relations);
    END
    $$;

CREATE OR REPLACE FUNCTION token_permissions(t token, relations text[]) RETURNS text[]
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        RETURN (SELECT coalesce(array_agg(act), '{}') FROM unnest(token_rights(relations)) act
                WHERE CASE
                    WHEN act IN ('read_usage', 'read_calls') THEN true
                    WHEN token_state(t.revoked_at, t.expires_at) = 'revoked' THEN false
                    WHEN act = 'prolong' THEN now() BETWEEN t.expires_at - interval '90 days' AND t.expires_at + interval '90 days'
                    WHEN act = 'revoke' THEN true
                    ELSE token_state(t.revoked_at, t.expires_at) = 'active'
                END);
    END
    $$;

CREATE OR REPLACE FUNCTION token_owners(asked_request uuid, asked_habilitation uuid) RETURNS text[]
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        RETURN (SELECT coalesce(array_agg(DISTINCT name), '{}')
                FROM (SELECT a.given_name || ' ' || a.family_name AS name
                      FROM request r JOIN account a ON a.id = r.applicant_id
                      WHERE r.id = asked_request AND a.state = 'active'
                      UNION
                      SELECT coalesce(nullif(trim(concat_ws(' ', h.snapshot #>> '{fields,contacts,technical,given_name}',
                                                            h.snapshot #>> '{fields,contacts,technical,family_name}')), ''),
                                      h.snapshot #>> '{fields,contacts,technical,email}')
                      FROM habilitation h WHERE h.id = asked_habilitation) owner
                WHERE name IS NOT NULL);
    END
    $$;

CREATE OR REPLACE FUNCTION token_json(t token, relations text[]) RETURNS json
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    DECLARE
        permissions text[] := token_permissions(t, relations);
    BEGIN
        RETURN (SELECT json_build_object(
                    'id', t.id,
                    'version', t.version,
                    'product', t.product,
                    'request_id', t.request_id,
                    'request_number', 'D' || r.number,
                    'habilitation_id', t.habilitation_id,
                    'siret', t.siret,
                    'organisation_name', coalesce(o.name, t.siret),
                    'title', coalesce(h.snapshot -> 'fields' ->> 'title', ''),
                    'scopes', t.scopes,
                    'state', token_state(t.revoked_at, t.expires_at),
                    'allowed_ips', (SELECT coalesce(json_agg(address_text(block) ORDER BY place), '[]')
                                    FROM unnest(t.allowed_ips) WITH ORDINALITY list (block, place)),
                    'created_at', api_time(t.created_at),
                    'expires_at', api_time(t.expires_at),
                    'prolongable_from', api_time(t.expires_at - interval '90 days'),
                    'revoked_at', CASE WHEN t.revoked_at <= now() THEN api_time(t.revoked_at) END,
                    'revocation_at', CASE WHEN t.revoked_at > now() THEN api_time(t.revoked_at) END,
                    'revocation_reason', t.revocation_reason,
                    'rotation', CASE WHEN t.previous_until > now() THEN json_build_object(
                        'rotated_at', api_time(t.rotated_at),
                        'good_until', api_time(t.previous_until),
                        'last_called_at', api_time(t.previous_last_called_at)) END,
                    'last_called_at', api_time(t.last_called_at),
                    'can_reveal', 'reveal' = ANY (permissions),
                    'permissions', permissions,
                    'who_to_ask', token_owners(t.request_id, t.habilitation_id))
                FROM request r
                JOIN habilitation h ON h.id = t.habilitation_id
                LEFT JOIN organisation o ON o.siret = t.siret
                WHERE r.id = t.request_id);
    END
    $$;

CREATE OR REPLACE FUNCTION client_is_backed(c client) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        RETURN EXISTS (SELECT FROM account a WHERE a.id = c.account_id AND a.state = 'active')
               AND CASE WHEN c.siret IS NOT NULL
                        THEN EXISTS (SELECT FROM membership m WHERE m.account_id = c.account_id
                                       AND m.siret = c.siret AND m.state = 'active')
                        ELSE EXISTS (SELECT FROM staff_role r WHERE r.account_id = c.account_id AND r.product = c.product)
                   END;
    END
    $$;
