-- A member of the organisation asks to take a request over. It waits seven days for an objection: see living_takeover. What
-- became of it is in the history of the request; the row goes with its end.
CREATE TABLE request_takeover (
    request_id uuid CONSTRAINT request_takeover_pk PRIMARY KEY CONSTRAINT request_takeover_request_fk REFERENCES request (id) ON DELETE CASCADE,
    applicant_id uuid NOT NULL CONSTRAINT request_takeover_applicant_fk REFERENCES account (id),
    asked_by uuid NOT NULL CONSTRAINT request_takeover_asked_by_fk REFERENCES account (id),
    asked_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL,
    CONSTRAINT request_takeover_by_another CHECK (asked_by <> applicant_id)
);
COMMENT ON COLUMN request_takeover.applicant_id IS 'who carried the request when it was asked';
CREATE INDEX request_takeover_asked_by_idx ON request_takeover (asked_by);
ALTER TABLE request_takeover ENABLE ROW LEVEL SECURITY;
ALTER TABLE request_takeover FORCE ROW LEVEL SECURITY;
