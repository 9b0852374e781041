-- An export as its owner sees it.
CREATE OR REPLACE FUNCTION export_json(e export) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', e.id, 'kind', e.kind, 'format', e.format, 'token_id', e.token_id, 'filters', e.filters,
            'state', e.state, 'problem', e.problem, 'rows', e.rows, 'bytes', e.bytes,
            'created_at', api_time(e.created_at), 'ready_at', api_time(e.ready_at),
            'expires_at', api_time(e.expires_at))
    $$;
