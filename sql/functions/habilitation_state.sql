-- active: the last one of a request that lives; superseded by a later one; revoked with its request.
CREATE OR REPLACE FUNCTION habilitation_state(h habilitation) RETURNS text
    LANGUAGE sql STABLE
    AS $$ SELECT h.state $$;
