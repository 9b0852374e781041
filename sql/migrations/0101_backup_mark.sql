-- When `guichet backup` last wrote a copy: one row, none before the first.
CREATE TABLE backup_mark (
    is_only boolean CONSTRAINT backup_mark_pk PRIMARY KEY DEFAULT true
        CONSTRAINT backup_mark_is_only CHECK (is_only),
    written_at timestamptz NOT NULL DEFAULT now()
);
