-- A moment in Paris to the minute, as mails say it: they do not know where their reader is.
CREATE OR REPLACE FUNCTION paris_time(at timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE STRICT
    AS $$ SELECT to_char(at AT TIME ZONE 'Europe/Paris', 'DD/MM/YYYY à HH24:MI "(heure de Paris)"') $$;
