-- Administrators look accounts up by name or e-mail, and remove a second factor that was lost.
CREATE INDEX account_words_trgm_idx ON account
    USING gin (search_key(given_name || ' ' || family_name || ' ' || email) gin_trgm_ops) WHERE state <> 'deleted';

CREATE TABLE second_factor_reset (
    account_id uuid CONSTRAINT second_factor_reset_pk PRIMARY KEY
        CONSTRAINT second_factor_reset_account_fk REFERENCES account (id) ON DELETE CASCADE,
    reason text NOT NULL,
    asked_by uuid NOT NULL CONSTRAINT second_factor_reset_asked_by_fk REFERENCES account (id) ON DELETE CASCADE,
    asked_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL
);
COMMENT ON TABLE second_factor_reset IS 'waits for its day, for a second administrator, or for the person to show the factor';
CREATE INDEX second_factor_reset_due_at_idx ON second_factor_reset (due_at);
