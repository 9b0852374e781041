-- A webhook as its owner sees it; no secret in it.
CREATE OR REPLACE FUNCTION webhook_json(w webhook) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', w.id,
            'version', w.version,
            'product', w.product,
            'siret', w.siret,
            'client_id', w.client_id,
            'url', w.url,
            'events', w.events,
            'enabled', w.enabled,
            'disabled_reason', w.disabled_reason,
            'secrets', (SELECT coalesce(json_agg(json_build_object('id', s.id, 'created_at', api_time(s.created_at),
                                                                   'last_used_at', api_time(s.last_used_at))
                                                 ORDER BY s.created_at, s.id), '[]')
                        FROM webhook_secret s WHERE s.webhook_id = w.id),
            'created_at', api_time(w.created_at),
            'last_success_at', api_time(w.last_success_at),
            'last_failure_at', api_time(w.last_failure_at))
    $$;
