-- In PL/pgSQL, which keeps the plan from one row to the next.
CREATE OR REPLACE FUNCTION habilitation_summary(h habilitation) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        RETURN (SELECT jsonb_build_object(
                    'id', h.id, 'number', 'H' || h.number, 'state', habilitation_state_in(h, r),
                    'request_id', h.request_id, 'request_number', 'D' || r.number,
                    'product', h.product, 'use_case', h.use_case, 'siret', h.siret,
                    'organisation_name', h.snapshot #>> '{organisation,name}',
                    'title', h.snapshot #>> '{fields,title}',
                    'scopes', to_jsonb(h.scopes),
                    'token_id', (SELECT t.id FROM token t WHERE t.request_id = h.request_id),
                    'approved_at', api_time(h.approved_at))
                FROM request r WHERE r.id = h.request_id);
    END
    $$;
