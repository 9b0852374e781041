-- The documents of requests, built where the rows are. A function a document, so that it is the same
-- wherever it is shown.
CREATE OR REPLACE FUNCTION epoch_us(at timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT (extract(epoch FROM at) * 1000000)::bigint $$;
