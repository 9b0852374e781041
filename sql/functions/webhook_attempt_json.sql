-- One call of a webhook and what came of it.
CREATE OR REPLACE FUNCTION webhook_attempt_json(a webhook_attempt) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', a.id,
            'event_id', a.event_id,
            'event', e.event,
            'at', api_time(a.at),
            'state', a.state,
            'request_body', e.body,
            'status', a.status,
            'response_excerpt', a.response_excerpt,
            'error', a.error,
            'duration_ms', a.duration_ms,
            'next_attempt_at', CASE WHEN a.state = 'pending' THEN api_time(a.due_at) END)
        FROM webhook_event e WHERE e.id = a.event_id
    $$;
