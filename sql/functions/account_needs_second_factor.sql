-- Which roles ask for a second factor where the setting says so.
CREATE OR REPLACE FUNCTION account_needs_second_factor(person uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT EXISTS (SELECT FROM staff_role s WHERE s.account_id = person AND s.role <> 'reporter')
    $$;
