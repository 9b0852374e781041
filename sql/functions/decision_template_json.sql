-- The documents of templates and filters.
CREATE OR REPLACE FUNCTION decision_template_json(t decision_template) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object('id', t.id, 'version', t.version, 'product', t.product,
                                 'outcome', t.outcome, 'name', t.name, 'body', t.body,
                                 'updated_at', api_time(t.updated_at))
    $$;
