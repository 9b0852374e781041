-- What staff and programs of a product read and take away: who, what, when, from where. No row-level security:
-- only the program itself reads it, for administrators and for the person concerned. No foreign keys: a row stays
-- when what it names is gone.
CREATE TABLE access_log (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT access_log_pk PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL CONSTRAINT access_log_actor_kind CHECK (actor_kind IN ('account', 'client')),
    actor_id uuid NOT NULL,
    role text NOT NULL,
    action text NOT NULL,
    object_type text NOT NULL,
    object_id text,
    request_id uuid,
    product text,
    siret text,
    concerned_id uuid,
    detail jsonb NOT NULL DEFAULT '{}',
    address text
);
COMMENT ON COLUMN access_log.role IS 'in which they saw it: that of staff, or program';
COMMENT ON COLUMN access_log.concerned_id IS 'the account that was looked at, or the applicant of the request, as they were then';
CREATE INDEX access_log_at_idx ON access_log (at);
CREATE INDEX access_log_actor_idx ON access_log (actor_id, at);
CREATE INDEX access_log_request_idx ON access_log (request_id, id) WHERE request_id IS NOT NULL;
CREATE INDEX access_log_object_idx ON access_log (object_id, id) WHERE object_id IS NOT NULL;
CREATE INDEX access_log_concerned_idx ON access_log (concerned_id, id) WHERE concerned_id IS NOT NULL;
