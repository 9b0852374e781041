-- One call as people see it: schema Call of openapi.yaml. Of a page and of an export alike.
CREATE OR REPLACE FUNCTION call_document(c call) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object(
            'request_id', c.request_id, 'at', api_time(c.at), 'endpoint', c.endpoint,
            'params', coalesce(c.params, '{}')::json, 'context', c.context, 'object', c.object,
            'recipient', c.recipient, 'status', c.status, 'error_code', c.error_code,
            'duration_ms', round(c.duration_us / 1000.0, 3), 'provider_ms', round(c.provider_us / 1000.0, 3),
            'ip', c.address, 'sandbox', c.is_sandbox)
    $$;
