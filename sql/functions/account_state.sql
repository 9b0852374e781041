-- The state of an account as the staff sees it.
CREATE OR REPLACE FUNCTION account_state(a account) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT CASE WHEN a.state = 'active' AND NOT account_is_active(a) THEN 'suspended' ELSE a.state END $$;
