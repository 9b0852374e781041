-- The audit is written without an order and ordered afterwards: whoever writes no longer waits for others. The
-- program authenticates each row when it writes it (`tag`, HMAC by a key that the database does not hold), and
-- seals rows that are committed one after the other (`audit_seal`), so that what was changed, removed, added or cut
-- off is found even where the database's owner did it.
LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE;
ALTER TABLE audit ADD COLUMN nonce uuid CONSTRAINT audit_nonce_uq UNIQUE;
ALTER TABLE audit ADD COLUMN tag bytea;
ALTER TABLE audit ALTER COLUMN hash DROP NOT NULL;
COMMENT ON COLUMN audit.nonce IS 'drawn by the program, so that no row can be copied';
COMMENT ON COLUMN audit.tag IS 'HMAC of the row as the program wrote it; NULL: written by a former version';
COMMENT ON COLUMN audit.hash IS 'of former rows alone: SHA-256 over the row before and this one';
CREATE INDEX audit_address_idx ON audit (at) WHERE address IS NOT NULL;

CREATE SEQUENCE audit_id_seq OWNED BY audit.id;
SELECT setval('audit_id_seq', coalesce(max(id), 0) + 1, false) FROM audit;

CREATE TABLE audit_seal (
    place bigint CONSTRAINT audit_seal_pk PRIMARY KEY,
    audit_id bigint NOT NULL CONSTRAINT audit_seal_audit_uq UNIQUE,
    sealed_at timestamptz NOT NULL,
    key_id text NOT NULL,
    address_mac bytea,
    mac bytea NOT NULL
);
COMMENT ON TABLE audit_seal IS 'the order of the audit: places follow each other without gaps, each mac covers the one before';
COMMENT ON COLUMN audit_seal.key_id IS 'which master key: the mac is made with a key that is derived from it';
COMMENT ON COLUMN audit_seal.address_mac IS 'stands for the address in the mac, so that the address can be forgotten';
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Rows that wait for their seal.
CREATE TABLE audit_unsealed (
    audit_id bigint CONSTRAINT audit_unsealed_pk PRIMARY KEY,
    refused boolean NOT NULL DEFAULT false,
    since timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN audit_unsealed.refused IS 'the program did not write this row: it is never sealed';
INSERT INTO audit_unsealed (audit_id) SELECT id FROM audit;

CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        NEW.id := nextval('audit_id_seq');
        NEW.hash := NULL;
        NEW.previous_hash := NULL;
        INSERT INTO audit_unsealed (audit_id) VALUES (NEW.id);
        RETURN NEW;
    END $$;

-- Of a row that is sealed, the address alone may be forgotten.
CREATE FUNCTION audit_refuse_update() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    DECLARE
        forgotten audit := OLD;
    BEGIN
        forgotten.address := NULL;
        IF NEW IS DISTINCT FROM forgotten OR NOT EXISTS (SELECT FROM audit_seal s WHERE s.audit_id = OLD.id) THEN
            RAISE EXCEPTION 'audit is append-only' USING ERRCODE = '42501';
        END IF;
        RETURN NEW;
    END $$;
DROP TRIGGER audit_append_only ON audit;
CREATE TRIGGER audit_append_only BEFORE DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_update BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse_update();
