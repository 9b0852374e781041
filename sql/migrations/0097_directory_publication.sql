-- When the directory was last made from INSEE's files: one row, none while it is the sample.
CREATE TABLE directory_publication (
    is_only boolean CONSTRAINT directory_publication_pk PRIMARY KEY DEFAULT true
        CONSTRAINT directory_publication_is_only CHECK (is_only),
    published_at timestamptz NOT NULL DEFAULT now(),
    rows_count bigint NOT NULL
);
