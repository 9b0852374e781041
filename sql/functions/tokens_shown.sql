-- Their documents, as far as the person sees them: by the very rule of row-level security, which is asked here
-- once a token.
CREATE OR REPLACE FUNCTION tokens_shown(person uuid, ids uuid[])
    RETURNS TABLE (id uuid, created_at timestamptz, document json)
    LANGUAGE plpgsql STABLE ROWS 20
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN QUERY
        WITH related AS MATERIALIZED (
            SELECT t AS token, token_relations(t.request_id, t.habilitation_id, t.product, t.siret, person) AS relations
            FROM token t WHERE t.id = ANY (ids)
        )
        SELECT (s.token).id, (s.token).created_at,
               token_row_json(s.token, s.relations, r.number, active_name(a), h.snapshot, o.name)
        FROM related s
        JOIN request r ON r.id = (s.token).request_id
        JOIN account a ON a.id = r.applicant_id
        JOIN habilitation h ON h.id = (s.token).habilitation_id
        LEFT JOIN organisation o ON o.siret = (s.token).siret
        WHERE s.relations <> '{}';
    END
    $$;
