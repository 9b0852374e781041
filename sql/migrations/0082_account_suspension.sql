-- An administrator stops an account: it may not act until the suspension is lifted or ends by itself. See
-- account_is_active.
ALTER TABLE account
    ADD COLUMN suspended_at timestamptz,
    ADD COLUMN suspended_until timestamptz,
    ADD COLUMN suspension_reason text,
    ADD COLUMN suspended_by uuid CONSTRAINT account_suspended_by_fk REFERENCES account (id) ON DELETE SET NULL,
    ADD CONSTRAINT account_suspension CHECK (
        (suspended_at IS NULL) = (suspension_reason IS NULL)
        AND (suspended_at IS NOT NULL OR (suspended_until IS NULL AND suspended_by IS NULL)));
COMMENT ON COLUMN account.suspended_at IS 'since when; NULL: not suspended';
COMMENT ON COLUMN account.suspended_until IS 'when the suspension ends by itself; NULL: when it is lifted';
COMMENT ON COLUMN account.suspended_by IS 'NULL: by a command';
