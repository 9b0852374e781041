-- Trigger: what somebody proposed ends with a suspension or deletion of their account, and does not come back with it.
CREATE OR REPLACE FUNCTION account_proposal_end() RETURNS trigger
    LANGUAGE plpgsql
    SET app.is_system = 'on'
    AS $$
    BEGIN
        DELETE FROM request_proposal WHERE proposed_by = NEW.id;
        RETURN NULL;
    END
    $$;
