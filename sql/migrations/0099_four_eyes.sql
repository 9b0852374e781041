-- An approval that a second instructor has to confirm. It lives as long as the request has the version that it left, and
-- as long as who proposed it may approve: see living_proposal.
CREATE TABLE request_proposal (
    request_id uuid CONSTRAINT request_proposal_pk PRIMARY KEY CONSTRAINT request_proposal_request_fk REFERENCES request (id) ON DELETE CASCADE,
    request_version integer NOT NULL,
    proposed_by uuid NOT NULL CONSTRAINT request_proposal_proposed_by_fk REFERENCES account (id),
    granted_scopes text[] NOT NULL,
    refused_scopes text[] NOT NULL,
    reason text,
    message text,
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN request_proposal.request_version IS 'of the request once it was proposed';
CREATE INDEX request_proposal_proposed_by_idx ON request_proposal (proposed_by);
ALTER TABLE request_proposal ENABLE ROW LEVEL SECURITY;
ALTER TABLE request_proposal FORCE ROW LEVEL SECURITY;
ALTER TABLE decision
    ADD COLUMN proposed_by uuid CONSTRAINT decision_proposed_by_fk REFERENCES account (id),
    ADD CONSTRAINT decision_by_two_persons CHECK (proposed_by <> decided_by);
COMMENT ON COLUMN decision.proposed_by IS 'the first of two instructors; NULL where one was enough';

-- As in functions/account_proposal_end.sql.
CREATE FUNCTION account_proposal_end() RETURNS trigger
    LANGUAGE plpgsql
    SET app.is_system = 'on'
    AS $$
    BEGIN
        DELETE FROM request_proposal WHERE proposed_by = NEW.id;
        RETURN NULL;
    END
    $$;
CREATE TRIGGER account_proposal_end AFTER UPDATE OF suspended_at, state ON account
    FOR EACH ROW WHEN (NEW.suspended_at IS NOT NULL OR NEW.state = 'deleted') EXECUTE FUNCTION account_proposal_end();
-- As in functions/staff_role_proposal_end.sql.
CREATE FUNCTION staff_role_proposal_end() RETURNS trigger
    LANGUAGE plpgsql
    SET app.is_system = 'on'
    AS $$
    BEGIN
        DELETE FROM request_proposal p USING request r
        WHERE p.proposed_by = OLD.account_id AND r.id = p.request_id AND r.product = OLD.product;
        RETURN NULL;
    END
    $$;
CREATE TRIGGER staff_role_proposal_end AFTER DELETE ON staff_role
    FOR EACH ROW WHEN (OLD.product IS NOT NULL) EXECUTE FUNCTION staff_role_proposal_end();
