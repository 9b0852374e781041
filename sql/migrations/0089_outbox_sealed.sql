-- What a mail says is sealed until it is sent: links that act stood in clear. State `sealed` is `pending` with
-- what it says in `sealed`; workers of former versions, which would send it empty, leave it alone.
ALTER TABLE outbox ADD COLUMN sealed text;
COMMENT ON COLUMN outbox.sealed IS 'data, sealed by the master key; NULL: of a former version, or sent';
ALTER TABLE outbox DROP CONSTRAINT outbox_state;
ALTER TABLE outbox ADD CONSTRAINT outbox_state CHECK (state IN ('pending', 'sealed', 'sent', 'parked'));
CREATE INDEX outbox_waiting_idx ON outbox (next_attempt_at) WHERE state IN ('pending', 'sealed');
CREATE INDEX outbox_created_at_idx ON outbox (created_at);
DROP TRIGGER outbox_work ON outbox;
CREATE TRIGGER outbox_work AFTER INSERT OR UPDATE OF next_attempt_at ON outbox
    FOR EACH ROW WHEN (NEW.state IN ('pending', 'sealed') AND NEW.next_attempt_at <= now())
    EXECUTE FUNCTION work_notify('mail');

-- The names of an applicant stand in the search text of their requests.
CREATE FUNCTION account_renamed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE request SET search = '' WHERE applicant_id = NEW.id; RETURN NULL; END $$;
CREATE TRIGGER account_renamed AFTER UPDATE OF given_name, family_name, email ON account
    FOR EACH ROW WHEN ((OLD.given_name, OLD.family_name, OLD.email)
                       IS DISTINCT FROM (NEW.given_name, NEW.family_name, NEW.email))
    EXECUTE FUNCTION account_renamed();

-- Edits that named a person as contact.
CREATE INDEX request_event_detail_idx ON request_event USING gin (detail jsonb_path_ops);

-- Retention.
ALTER TABLE account ADD COLUMN inactive_warned_at timestamptz;
COMMENT ON COLUMN account.inactive_warned_at IS 'when the person was told that the account will be deleted; counts until the next log-in';
CREATE INDEX account_last_login_idx ON account (last_login_at) WHERE state = 'active';
CREATE INDEX token_reveal_address_idx ON token_reveal (at) WHERE address IS NOT NULL;
