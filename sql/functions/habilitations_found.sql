-- Without a subquery that depends on the row, so that it becomes part of the statement that calls it.
CREATE OR REPLACE FUNCTION habilitations_found(asked_state text, asked_product text, asked_siret text, asked_request uuid,
                                    before_us bigint, before_id uuid)
    RETURNS SETOF habilitation
    LANGUAGE sql STABLE
    AS $$
        SELECT h.* FROM habilitation h
        WHERE (asked_state IS NULL OR h.state = asked_state)
          AND (asked_product IS NULL OR h.product = asked_product)
          AND (asked_siret IS NULL OR h.siret = asked_siret)
          AND (asked_request IS NULL OR h.request_id = asked_request)
          AND (before_us IS NULL
               OR (h.approved_at, h.id) < (timestamptz 'epoch' + before_us * interval '1 microsecond', before_id))
    $$;
