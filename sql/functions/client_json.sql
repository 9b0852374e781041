-- A program as those see it who may answer for it; no secret in it. `relation` is that of the person who asks.
CREATE OR REPLACE FUNCTION client_json(c client) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', c.id,
            'version', c.version,
            'name', c.name,
            'siret', c.siret,
            'product', c.product,
            'scopes', c.scopes,
            'state', CASE WHEN client_is_backed(c) THEN 'active' ELSE 'stopped' END,
            'relation', client_relation(c.id, c.siret, c.product, app_account_id()),
            'responsible_persons', (SELECT coalesce(json_agg(json_build_object(
                                               'account', person_json(p.account_id),
                                               'state', CASE WHEN p.accepted_at IS NULL THEN 'asked'
                                                             WHEN b.account_id IS NULL THEN 'inactive' ELSE 'active' END,
                                               'since', api_time(coalesce(p.accepted_at, p.asked_at)))
                                           ORDER BY p.accepted_at NULLS LAST, p.account_id), '[]')
                                    FROM client_person p
                                    LEFT JOIN client_backers(c) b ON b.account_id = p.account_id
                                    WHERE p.client_id = c.id),
            'secrets', (SELECT coalesce(json_agg(json_build_object('id', s.id, 'created_at', api_time(s.created_at),
                                                                   'last_used_at', api_time(s.last_used_at),
                                                                   'expires_at', api_time(s.expires_at))
                                                 ORDER BY s.created_at, s.id), '[]')
                        FROM client_secret s WHERE s.client_id = c.id),
            'created_by', person_json(c.account_id),
            'created_at', api_time(c.created_at),
            'last_used_at', api_time(c.last_used_at))
    $$;
