-- A takeover in a document.
CREATE OR REPLACE FUNCTION takeover_json(t request_takeover) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object('asked_by', person_json(t.asked_by), 'asked_at', api_time(t.asked_at), 'due_at', api_time(t.due_at))
    $$;
