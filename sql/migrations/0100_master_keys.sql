-- Which master keys sealed what is here: a text that only the right key opens, one row a key. Made by the first
-- program that starts with the key.
CREATE TABLE master_key (
    id text CONSTRAINT master_key_pk PRIMARY KEY,
    canary text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN master_key.id IS 'derived from the key, which does not follow from it';
COMMENT ON COLUMN master_key.seen_at IS 'when a program last said that it seals with this key; said once a minute';

-- Keys derived from former master keys, for what cannot be made anew: macs of the audit, hashes of recovery codes.
CREATE TABLE former_key (
    purpose text NOT NULL,
    id text NOT NULL,
    sealed text NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT former_key_pk PRIMARY KEY (purpose, id)
);

-- Instances that run meanwhile read them before roles.sql comes.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON master_key, former_key TO guichet_app;
    END IF;
END $$;
