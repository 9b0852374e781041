-- A look at a person's account or request, as this person reads it: by which service; who it was stays among staff.
CREATE OR REPLACE FUNCTION access_json(e access_log) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', e.id, 'at', api_time(e.at),
            'service', CASE WHEN e.role IN ('reporter', 'instructor', 'manager') THEN 'instruction'
                            WHEN e.role = 'admin' THEN 'administration' ELSE e.role END,
            'product', e.product, 'action', e.action,
            'request', (SELECT json_build_object('id', r.id, 'number', 'D' || r.number)
                        FROM request r WHERE r.id = e.request_id))
    $$;
