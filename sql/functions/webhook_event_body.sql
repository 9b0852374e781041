-- What a program is sent of an event: the request as it is at that moment.
CREATE OR REPLACE FUNCTION webhook_event_body(event_id uuid, event text, r request) RETURNS text
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', event_id, 'event', event, 'at', api_time(now()), 'product', r.product, 'siret', r.siret,
            'data', json_build_object(
                'request_id', r.id, 'request_number', 'D' || r.number, 'request_state', r.state,
                'token_id', (SELECT t.id FROM token t WHERE t.request_id = r.id)))::text
    $$;
