-- The first moment of its month in Paris: what public figures are counted by.
CREATE OR REPLACE FUNCTION paris_month(at timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE STRICT
    AS $$ SELECT date_trunc('month', at, 'Europe/Paris') $$;
