-- A decision. Who decided, or whose rights a program used, is shown to staff alone; the name of the program to all, and
-- where it was taken, if not here: nobody here decided it.
CREATE OR REPLACE FUNCTION decision_json(d decision, is_staff boolean) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', d.id, 'request_id', d.request_id, 'outcome', d.outcome, 'reason', d.reason,
            'message', d.message, 'granted_scopes', d.granted_scopes,
            'refused_scopes', coalesce(d.refused_scopes, '{}'),
            'decided_by', CASE WHEN is_staff AND d.former_system IS NULL THEN person_json(d.decided_by) END,
            'proposed_by', CASE WHEN is_staff THEN person_json(d.proposed_by) END,
            'program', d.program,
            'former_system', d.former_system,
            'decided_at', api_time(d.at),
            'habilitation_id', (SELECT h.id FROM habilitation h WHERE h.request_id = d.request_id AND h.decision_id = d.id))
    $$;
