-- The applicant, where still there to be asked.
CREATE OR REPLACE FUNCTION active_name(a account) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CASE WHEN a.state = 'active' THEN a.given_name || ' ' || a.family_name END $$;
