-- A saved filter of the queue.
CREATE OR REPLACE FUNCTION saved_filter_json(f saved_filter) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object('id', f.id, 'name', f.name, 'query', f.query,
                                 'created_at', api_time(f.created_at))
    $$;
