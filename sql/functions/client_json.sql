-- A program as its owner sees it; no secret in it.
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
            'secrets', (SELECT coalesce(json_agg(json_build_object('id', s.id, 'created_at', api_time(s.created_at),
                                                                   'last_used_at', api_time(s.last_used_at))
                                                 ORDER BY s.created_at, s.id), '[]')
                        FROM client_secret s WHERE s.client_id = c.id),
            'created_by', person_json(c.account_id),
            'created_at', api_time(c.created_at),
            'last_used_at', api_time(c.last_used_at))
    $$;
