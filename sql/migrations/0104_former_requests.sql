-- Requests that were taken over from a former system (guichet import-requests): the numbers they had there.
CREATE TABLE former_request (
    request_id uuid CONSTRAINT former_request_pk PRIMARY KEY
        CONSTRAINT former_request_request_fk REFERENCES request (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    product text NOT NULL,
    system text NOT NULL,
    number text NOT NULL,
    habilitation_number text,
    digest bytea NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT former_request_number_uq UNIQUE (product, number),
    CONSTRAINT former_request_habilitation_uq UNIQUE (product, habilitation_number)
);
COMMENT ON COLUMN former_request.system IS 'its name, as people read it';
COMMENT ON COLUMN former_request.number IS 'of the request there, digits alone';
COMMENT ON COLUMN former_request.digest IS 'SHA-256 of what was taken over: tells a file that was changed since';
CREATE INDEX former_request_number_idx ON former_request (number);
CREATE INDEX former_request_habilitation_number_idx ON former_request (habilitation_number);
ALTER TABLE former_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE former_request FORCE ROW LEVEL SECURITY;
