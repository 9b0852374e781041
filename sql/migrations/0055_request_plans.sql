-- What a program is bound to is read once a statement, not once a row.
ALTER POLICY request_of_client ON request USING (
    coalesce((SELECT app_client_siret()) = siret, true)
    AND coalesce((SELECT app_client_product()) = product, true));

-- active: the last one of a request that lives; superseded by a later one; revoked with its request.
-- Where the request is at hand, it becomes part of the statement.
CREATE FUNCTION habilitation_state_in(h habilitation, r request) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
        SELECT CASE WHEN r.state IN ('revoked', 'archived') THEN 'revoked'
                    WHEN r.habilitation_id = h.id THEN 'active' ELSE 'superseded' END
    $$;
CREATE OR REPLACE FUNCTION habilitation_state(h habilitation) RETURNS text
    LANGUAGE sql STABLE
    AS $$ SELECT habilitation_state_in(h, r) FROM request r WHERE r.id = h.request_id $$;

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
CREATE INDEX habilitation_approved_at_idx ON habilitation (approved_at DESC, id DESC);
