-- A file is shown under the names of its columns, as the contract has it.
CREATE OR REPLACE FUNCTION attachment_json(a attachment) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object('id', a.id, 'kind', a.kind, 'file_name', a.file_name,
                                 'content_type', a.content_type, 'size_bytes', a.size_bytes,
                                 'scan', a.scan, 'created_at', api_time(a.created_at))
    $$;
