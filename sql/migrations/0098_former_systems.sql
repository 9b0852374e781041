-- Strings of a former system that are accepted for a while, for the tokens that were listed.
CREATE TABLE former_system (
    name text CONSTRAINT former_system_pk PRIMARY KEY
        CONSTRAINT former_system_name CHECK (char_length(name) BETWEEN 1 AND 60),
    issuer text,
    sealed_secret text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE former_system IS 'systems whose tokens were moved here: what signed their strings (HS256), sealed under the master key';
COMMENT ON COLUMN former_system.issuer IS 'claim iss of its strings; NULL: they have none';
ALTER TABLE former_system ENABLE ROW LEVEL SECURITY;
ALTER TABLE former_system FORCE ROW LEVEL SECURITY;

ALTER TABLE token ADD COLUMN former_system text CONSTRAINT token_former_system_fk REFERENCES former_system (name);
ALTER TABLE token ADD COLUMN former_until timestamptz;
ALTER TABLE token ADD COLUMN former_calls bigint NOT NULL DEFAULT 0;
ALTER TABLE token ADD COLUMN former_last_called_at timestamptz;
ALTER TABLE token ADD CONSTRAINT token_former CHECK ((former_system IS NULL) = (former_until IS NULL));
COMMENT ON COLUMN token.former_until IS 'until when its string of the former system is accepted';
COMMENT ON COLUMN token.former_calls IS 'calls with that string';
CREATE TRIGGER token_former_changed BEFORE UPDATE OF former_system, former_until ON token
    FOR EACH ROW EXECUTE FUNCTION token_notify();

-- Instances that run meanwhile read it before roles.sql comes.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON former_system TO guichet_app;
    END IF;
END $$;
