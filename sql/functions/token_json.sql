-- The document of a token for somebody whose relations are known: who sees it was decided before.
CREATE OR REPLACE FUNCTION token_json(t token, relations text[]) RETURNS json
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN (SELECT token_row_json(t, relations, r.number, active_name(a), h.snapshot, o.name)
                FROM request r
                JOIN account a ON a.id = r.applicant_id
                JOIN habilitation h ON h.id = t.habilitation_id
                LEFT JOIN organisation o ON o.siret = t.siret
                WHERE r.id = t.request_id);
    END
    $$;
