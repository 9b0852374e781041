-- An approval that waits for a second instructor; for the staff.
CREATE OR REPLACE FUNCTION proposal_json(p request_proposal) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'request_id', p.request_id, 'request_version', p.request_version,
            'granted_scopes', p.granted_scopes, 'refused_scopes', p.refused_scopes,
            'reason', p.reason, 'message', p.message,
            'proposed_by', person_json(p.proposed_by), 'proposed_at', api_time(p.at))
    $$;
