-- Trigger: what somebody proposed ends with their role for the product, and does not come back with it.
CREATE OR REPLACE FUNCTION staff_role_proposal_end() RETURNS trigger
    LANGUAGE plpgsql
    SET app.is_system = 'on'
    AS $$
    BEGIN
        DELETE FROM request_proposal p USING request r
        WHERE p.proposed_by = OLD.account_id AND r.id = p.request_id AND r.product = OLD.product;
        RETURN NULL;
    END
    $$;
