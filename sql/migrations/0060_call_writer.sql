-- Who writes the log of calls: one row for each running program, with the number of its last batch. A
-- batch whose COMMIT lost its answer is sent again, and finds here whether it was written.
CREATE TABLE call_writer (
    id uuid CONSTRAINT call_writer_pk PRIMARY KEY,
    batch bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
