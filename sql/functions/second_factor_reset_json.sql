-- A removal of a second factor that is due.
CREATE OR REPLACE FUNCTION second_factor_reset_json(r second_factor_reset) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object('reason', r.reason, 'asked_by', person_json(r.asked_by),
                                 'asked_at', api_time(r.asked_at), 'due_at', api_time(r.due_at))
    $$;
