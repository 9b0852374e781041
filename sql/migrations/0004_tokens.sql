-- Tokens: the row is the authority for expiry, scopes and addresses; the signed string is its bearer.
CREATE TABLE token (
    id uuid CONSTRAINT token_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    request_id uuid NOT NULL CONSTRAINT token_request_fk REFERENCES request (id) CONSTRAINT token_request_uq UNIQUE,
    habilitation_id uuid NOT NULL CONSTRAINT token_habilitation_fk REFERENCES habilitation (id),
    subject_id uuid NOT NULL CONSTRAINT token_subject_fk REFERENCES habilitation (id),
    product text NOT NULL,
    siret text NOT NULL,
    scopes text[] NOT NULL,
    allowed_ips cidr[] NOT NULL DEFAULT '{}',
    kid text NOT NULL CONSTRAINT token_signing_key_fk REFERENCES signing_key (kid),
    issued_at bigint NOT NULL,
    sealed_jwt text NOT NULL,
    previous_issued_at bigint,
    previous_until timestamptz,
    previous_last_called_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by uuid CONSTRAINT token_revoked_by_fk REFERENCES account (id),
    revocation_reason text,
    last_called_at timestamptz,
    changed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN token.subject_id IS 'the first habilitation: claim sub, the same for the whole life';
COMMENT ON COLUMN token.issued_at IS 'claim iat of the string in use; unique over rotations, so it tells them apart';
COMMENT ON COLUMN token.changed_at IS 'when the gateway''s copy became stale: what its poll asks for where a notification was lost';
COMMENT ON COLUMN token.revoked_at IS 'may be in the future: a revocation at a date';
CREATE INDEX token_changed_at_idx ON token (changed_at);
CREATE INDEX token_siret_idx ON token (siret);
CREATE INDEX token_expires_at_idx ON token (expires_at) WHERE revoked_at IS NULL;

-- Every instance of the gateway refreshes its copy of the row at once.
CREATE FUNCTION token_notify() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM pg_notify('token', NEW.id::text);
        NEW.changed_at := clock_timestamp();
        RETURN NEW;
    END $$;
CREATE TRIGGER token_changed BEFORE INSERT OR UPDATE OF scopes, allowed_ips, issued_at,
    previous_issued_at, previous_until, expires_at, revoked_at ON token
    FOR EACH ROW EXECUTE FUNCTION token_notify();

ALTER TABLE token ENABLE ROW LEVEL SECURITY;
ALTER TABLE token FORCE ROW LEVEL SECURITY;
CREATE POLICY token_seen ON token
    USING (app_is_system() OR EXISTS (SELECT FROM request r WHERE r.id = request_id));
