-- The applicant, where still there to be asked.
CREATE OR REPLACE FUNCTION active_name(a account) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT CASE WHEN account_is_active(a) THEN a.given_name || ' ' || a.family_name END $$;
