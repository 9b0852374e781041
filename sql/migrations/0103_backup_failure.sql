-- When `guichet backup` last failed: one row, none before the first.
CREATE TABLE backup_failure (
    is_only boolean CONSTRAINT backup_failure_pk PRIMARY KEY DEFAULT true
        CONSTRAINT backup_failure_is_only CHECK (is_only),
    failed_at timestamptz NOT NULL DEFAULT now(),
    reason text NOT NULL
);
