-- Versions of a token's row, from a sequence: changed_at is the time of day, which can be set back, and a
-- gateway that kept the newest time then dropped a revocation. Updates of one row wait for each other,
-- so a later state always has a larger number. changed_at stays for instances of the former release.
CREATE SEQUENCE token_change_seq;
ALTER TABLE token ADD COLUMN change_number bigint NOT NULL DEFAULT 0;
ALTER TABLE token ALTER COLUMN change_number SET DEFAULT nextval('token_change_seq');
COMMENT ON COLUMN token.change_number IS 'version of what the gateway keeps of the row; its poll asks for the numbers after the last it knows';
CREATE INDEX token_change_number_idx ON token (change_number);

CREATE OR REPLACE FUNCTION token_notify() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM pg_notify('token', NEW.id::text);
        NEW.changed_at := clock_timestamp();
        NEW.change_number := nextval('token_change_seq');
        RETURN NEW;
    END $$;

-- Instances that run meanwhile change tokens before roles.sql comes.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_app') THEN
        GRANT USAGE, SELECT ON SEQUENCE token_change_seq TO guichet_app;
    END IF;
END $$;
