-- Mailed links that open nothing any more, so that who presses one again is told what became of it. A hash of 256 random bits
-- says nothing of a person.
CREATE TABLE spent_link (
    secret_hash bytea CONSTRAINT spent_link_pk PRIMARY KEY,
    kind text NOT NULL,
    ending text NOT NULL CONSTRAINT spent_link_ending CHECK (ending IN ('used', 'expired', 'replaced', 'ended')),
    at timestamptz NOT NULL DEFAULT now(),
    replaced_by bytea,
    CONSTRAINT spent_link_successor CHECK ((ending = 'replaced') = (replaced_by IS NOT NULL))
);
COMMENT ON COLUMN spent_link.kind IS 'as in link.kind';
COMMENT ON COLUMN spent_link.ending IS 'ended: by something else, such as a changed password';
COMMENT ON COLUMN spent_link.replaced_by IS 'secret_hash of the newer link, whose ending counts once it is over';
CREATE INDEX spent_link_at_idx ON spent_link (at);
ALTER TABLE spent_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE spent_link FORCE ROW LEVEL SECURITY;
