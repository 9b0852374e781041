-- active: the last one of a request that lives; superseded by a later one; revoked with its request.
-- Where the request is at hand, it becomes part of the statement.
CREATE OR REPLACE FUNCTION habilitation_state_in(h habilitation, r request) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
        SELECT CASE WHEN r.state IN ('revoked', 'archived') THEN 'revoked'
                    WHEN r.habilitation_id = h.id THEN 'active' ELSE 'superseded' END
    $$;
