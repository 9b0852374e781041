-- Trigger: what somebody proposed ends with their role, or with a suspension of their account, and does not come back
-- with it.
CREATE OR REPLACE FUNCTION proposal_end() RETURNS trigger
    LANGUAGE plpgsql
    SET app.is_system = 'on'
    AS $$
    BEGIN
        IF TG_TABLE_NAME = 'account' THEN
            DELETE FROM request_proposal WHERE proposed_by = NEW.id;
        ELSE
            DELETE FROM request_proposal p USING request r
            WHERE p.proposed_by = OLD.account_id AND r.id = p.request_id AND r.product = OLD.product;
        END IF;
        RETURN NULL;
    END
    $$;
