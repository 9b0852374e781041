-- Files that the worker makes of what somebody may read, sealed, for a day.
CREATE TABLE export (
    id uuid CONSTRAINT export_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id uuid NOT NULL CONSTRAINT export_account_fk REFERENCES account (id) ON DELETE CASCADE,
    kind text NOT NULL CONSTRAINT export_kind CHECK (kind IN ('requests', 'calls', 'account')),
    format text NOT NULL CONSTRAINT export_format CHECK (format IN ('csv', 'json')),
    token_id uuid,
    filters jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'pending' CONSTRAINT export_state CHECK (state IN ('pending', 'running', 'ready', 'failed')),
    problem text,
    rights text,
    attempt integer NOT NULL DEFAULT 0,
    rows bigint NOT NULL DEFAULT 0,
    bytes bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    ready_at timestamptz,
    expires_at timestamptz NOT NULL,
    CONSTRAINT export_token CHECK ((kind = 'calls') = (token_id IS NOT NULL))
);
COMMENT ON COLUMN export.rights IS 'the roles of the account while it was made: with others it is not given out';
COMMENT ON COLUMN export.attempt IS 'of the worker: one that lost its claim writes nothing more';
CREATE UNIQUE INDEX export_one_at_a_time_uq ON export (account_id) WHERE state IN ('pending', 'running');
CREATE INDEX export_account_idx ON export (account_id, created_at);
CREATE INDEX export_expires_at_idx ON export (expires_at);

CREATE TABLE export_chunk (
    export_id uuid NOT NULL CONSTRAINT export_chunk_export_fk REFERENCES export (id) ON DELETE CASCADE,
    place integer NOT NULL,
    sealed text NOT NULL,
    CONSTRAINT export_chunk_pk PRIMARY KEY (export_id, place)
);
-- Sealed bytes do not get smaller.
ALTER TABLE export_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL;

ALTER TABLE export ENABLE ROW LEVEL SECURITY;
ALTER TABLE export FORCE ROW LEVEL SECURITY;
ALTER TABLE export_chunk ENABLE ROW LEVEL SECURITY;
ALTER TABLE export_chunk FORCE ROW LEVEL SECURITY;
