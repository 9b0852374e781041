-- What one caller may use up: amounts in a window of time, by a hash that names nobody.
CREATE TABLE quota (
    key bytea CONSTRAINT quota_pk PRIMARY KEY,
    used bigint NOT NULL,
    window_started_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz NOT NULL
);
CREATE INDEX quota_ends_idx ON quota (ends_at);

-- One mail in an hour for each side of a conversation: when the last one left, and when the next is due with what
-- was said since.
CREATE TABLE conversation (
    request_id uuid NOT NULL CONSTRAINT conversation_request_fk REFERENCES request (id) ON DELETE CASCADE,
    as_staff boolean NOT NULL,
    mailed_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz,
    planned_at timestamptz,
    CONSTRAINT conversation_pk PRIMARY KEY (request_id, as_staff)
);
COMMENT ON COLUMN conversation.as_staff IS 'the side that wrote; the other one gets the mail';
ALTER TABLE message ADD COLUMN awaits_mail boolean NOT NULL DEFAULT false;
CREATE INDEX message_awaits_mail_idx ON message (request_id, as_staff) WHERE awaits_mail;

-- What the files of an organisation take, those kept for a habilitation included.
CREATE TABLE organisation_storage (
    siret text CONSTRAINT organisation_storage_pk PRIMARY KEY,
    bytes bigint NOT NULL
);
ALTER TABLE attachment ADD COLUMN siret text;
UPDATE attachment a SET siret = r.siret FROM request r WHERE r.id = a.request_id;
INSERT INTO organisation_storage (siret, bytes)
SELECT siret, sum(size_bytes) FROM attachment WHERE siret IS NOT NULL GROUP BY siret;
CREATE FUNCTION attachment_count_storage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RETURN NEW;
END $$;
CREATE TRIGGER attachment_storage_added BEFORE INSERT ON attachment
    FOR EACH ROW EXECUTE FUNCTION attachment_count_storage();
CREATE TRIGGER attachment_storage_removed AFTER DELETE ON attachment
    FOR EACH ROW EXECUTE FUNCTION attachment_count_storage();
