-- The day of a moment in Paris, as mails and printed pages say it.
CREATE OR REPLACE FUNCTION paris_day(at timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE STRICT
    AS $$ SELECT to_char(at AT TIME ZONE 'Europe/Paris', 'DD/MM/YYYY') $$;
