-- Requests, their instruction and the habilitations that come of it.

-- The legal transitions. The program's table (domain/request_workflow) says who may and what follows;
-- this one makes the database itself refuse an illegal pair. A test compares the two.
CREATE TABLE request_transition (
    event text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    CONSTRAINT request_transition_pk PRIMARY KEY (event, from_state, to_state)
);
INSERT INTO request_transition (event, from_state, to_state) VALUES
    ('create', 'none', 'draft'),
    ('submit', 'draft', 'submitted'),
    ('submit', 'changes_requested', 'submitted'),
    ('request_changes', 'submitted', 'changes_requested'),
    ('approve', 'submitted', 'approved'),
    ('refuse', 'submitted', 'refused'),
    ('refuse_reopening', 'submitted', 'approved'),
    ('revoke', 'approved', 'revoked'),
    ('revoke', 'draft', 'revoked'),
    ('revoke', 'submitted', 'revoked'),
    ('revoke', 'changes_requested', 'revoked'),
    ('reopen', 'approved', 'draft'),
    ('cancel_reopening', 'draft', 'approved'),
    ('cancel_reopening', 'changes_requested', 'approved'),
    ('cancel_reopening', 'submitted', 'approved'),
    ('archive', 'draft', 'archived'),
    ('archive', 'changes_requested', 'archived'),
    ('archive', 'refused', 'archived'),
    ('archive', 'revoked', 'archived');

CREATE SEQUENCE request_number_seq;
CREATE SEQUENCE habilitation_number_seq;

CREATE TABLE request (
    id uuid CONSTRAINT request_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    number bigint NOT NULL DEFAULT nextval('request_number_seq') CONSTRAINT request_number_uq UNIQUE,
    product text NOT NULL,
    use_case text NOT NULL,
    form_version text NOT NULL,
    siret text NOT NULL CONSTRAINT request_organisation_fk REFERENCES organisation (siret),
    applicant_id uuid NOT NULL CONSTRAINT request_applicant_fk REFERENCES account (id),
    assignee_id uuid CONSTRAINT request_assignee_fk REFERENCES account (id),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT request_state CHECK (state IN
        ('draft', 'submitted', 'changes_requested', 'approved', 'refused', 'revoked', 'archived')),
    last_event text NOT NULL DEFAULT 'create',
    fields jsonb NOT NULL DEFAULT '{}',
    terms_version text,
    warnings integer NOT NULL DEFAULT 0,
    contact_emails text[] NOT NULL DEFAULT '{}',
    search text NOT NULL DEFAULT '',
    reopened boolean NOT NULL DEFAULT false,
    habilitation_id uuid,
    copied_from uuid CONSTRAINT request_copied_from_fk REFERENCES request (id) ON DELETE SET NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    submitted_at timestamptz,
    decided_at timestamptz,
    first_submitted_at timestamptz,
    reminded_at timestamptz,
    CONSTRAINT request_reopened_has_habilitation CHECK (NOT reopened OR habilitation_id IS NOT NULL)
);
COMMENT ON COLUMN request.fields IS 'the members of the form, as product.json declares them';
COMMENT ON COLUMN request.warnings IS 'checks that stood out at the last submission';
COMMENT ON COLUMN request.contact_emails IS 'derived: addresses of the contacts in lower case';
COMMENT ON COLUMN request.search IS 'derived: what a search looks at, see search_key';
CREATE INDEX request_siret_idx ON request (siret, state);
CREATE INDEX request_applicant_idx ON request (applicant_id);
CREATE INDEX request_queue_idx ON request (product, state, submitted_at);
CREATE INDEX request_updated_at_idx ON request (updated_at DESC, id DESC);
CREATE INDEX request_contact_emails_idx ON request USING gin (contact_emails);

-- Keeps the derived columns.
CREATE FUNCTION request_derive() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        NEW.contact_emails := ARRAY(SELECT DISTINCT lower(c.value ->> 'email')
                                    FROM jsonb_each(coalesce(NEW.fields -> 'contacts', '{}')) c
                                    WHERE c.value ->> 'email' IS NOT NULL);
        NEW.search := search_key(concat_ws(' ', 'D' || NEW.number, NEW.siret, NEW.fields ->> 'title',
            (SELECT o.name FROM organisation o WHERE o.siret = NEW.siret),
            (SELECT concat_ws(' ', a.given_name, a.family_name, a.email) FROM account a
             WHERE a.id = NEW.applicant_id),
            (SELECT string_agg(concat_ws(' ', c.value ->> 'given_name', c.value ->> 'family_name',
                                         c.value ->> 'email'), ' ')
             FROM jsonb_each(coalesce(NEW.fields -> 'contacts', '{}')) c)));
        RETURN NEW;
    END $$;
CREATE TRIGGER request_derive BEFORE INSERT OR UPDATE ON request
    FOR EACH ROW EXECUTE FUNCTION request_derive();
CREATE FUNCTION organisation_renamed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE request SET search = '' WHERE siret = NEW.siret; RETURN NULL; END $$;
CREATE TRIGGER organisation_renamed AFTER UPDATE OF name ON organisation
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION organisation_renamed();

CREATE FUNCTION request_check_transition() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM request_transition t
                       WHERE t.event = NEW.last_event
                         AND t.from_state = CASE TG_OP WHEN 'INSERT' THEN 'none' ELSE OLD.state END
                         AND t.to_state = NEW.state) THEN
            RAISE EXCEPTION 'illegal transition' USING ERRCODE = '23514', CONSTRAINT = 'request_transition_legal';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER request_insert_legal BEFORE INSERT ON request
    FOR EACH ROW EXECUTE FUNCTION request_check_transition();
CREATE TRIGGER request_transition_legal BEFORE UPDATE ON request
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION request_check_transition();

-- The history that people read: every act with its former and new values.
CREATE TABLE request_event (
    id uuid CONSTRAINT request_event_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    place bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT request_event_place_uq UNIQUE,
    request_id uuid NOT NULL CONSTRAINT request_event_request_fk REFERENCES request (id) ON DELETE CASCADE,
    event text NOT NULL,
    from_state text,
    to_state text,
    actor_id uuid CONSTRAINT request_event_actor_fk REFERENCES account (id),
    as_staff boolean NOT NULL DEFAULT false,
    detail jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN request_event.place IS 'the order of events';
CREATE INDEX request_event_request_idx ON request_event (request_id, place);

CREATE TABLE decision (
    id uuid CONSTRAINT decision_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    request_id uuid NOT NULL CONSTRAINT decision_request_fk REFERENCES request (id) ON DELETE CASCADE,
    outcome text NOT NULL CONSTRAINT decision_outcome CHECK (outcome IN ('approve', 'refuse', 'request_changes', 'revoke')),
    reason text,
    message text,
    granted_scopes text[],
    refused_scopes text[],
    decided_by uuid NOT NULL CONSTRAINT decision_decided_by_fk REFERENCES account (id),
    request_version integer NOT NULL,
    submitted_at timestamptz,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT decision_reason_given CHECK (outcome = 'approve' OR reason IS NOT NULL)
);
COMMENT ON COLUMN decision.submitted_at IS 'of the submission that it answers; NULL for a revocation';
CREATE INDEX decision_request_idx ON decision (request_id, at);
CREATE INDEX decision_at_idx ON decision (at);

-- Immutable: the snapshot of what was granted.
CREATE TABLE habilitation (
    id uuid CONSTRAINT habilitation_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    number bigint NOT NULL DEFAULT nextval('habilitation_number_seq') CONSTRAINT habilitation_number_uq UNIQUE,
    request_id uuid NOT NULL CONSTRAINT habilitation_request_fk REFERENCES request (id),
    decision_id uuid NOT NULL CONSTRAINT habilitation_decision_fk REFERENCES decision (id),
    product text NOT NULL,
    use_case text NOT NULL,
    form_version text NOT NULL,
    siret text NOT NULL,
    applicant_id uuid NOT NULL CONSTRAINT habilitation_applicant_fk REFERENCES account (id),
    scopes text[] NOT NULL,
    snapshot jsonb NOT NULL,
    confirmation_code text NOT NULL CONSTRAINT habilitation_confirmation_code_uq UNIQUE,
    approved_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX habilitation_request_idx ON habilitation (request_id);
CREATE TRIGGER habilitation_immutable BEFORE UPDATE OR DELETE ON habilitation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE request ADD CONSTRAINT request_habilitation_fk FOREIGN KEY (habilitation_id) REFERENCES habilitation (id);

CREATE TABLE attachment (
    id uuid CONSTRAINT attachment_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    request_id uuid NOT NULL CONSTRAINT attachment_request_fk REFERENCES request (id) ON DELETE CASCADE,
    kind text NOT NULL CONSTRAINT attachment_kind CHECK (kind IN ('legal_basis', 'public_service_mission', 'mockup', 'other')),
    file_name text NOT NULL,
    content_type text NOT NULL,
    size_bytes integer NOT NULL CONSTRAINT attachment_size CHECK (size_bytes BETWEEN 1 AND 10485760),
    sha256 bytea NOT NULL,
    scan text NOT NULL CONSTRAINT attachment_scan CHECK (scan IN ('clean', 'infected', 'pending', 'not_configured')),
    uploaded_by uuid NOT NULL CONSTRAINT attachment_uploaded_by_fk REFERENCES account (id),
    deleted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN attachment.deleted_at IS 'taken off the request; kept where a habilitation refers to it';
CREATE INDEX attachment_request_idx ON attachment (request_id);
CREATE TABLE attachment_content (
    attachment_id uuid CONSTRAINT attachment_content_pk PRIMARY KEY CONSTRAINT attachment_content_attachment_fk REFERENCES attachment (id) ON DELETE CASCADE,
    content bytea NOT NULL
);
ALTER TABLE attachment_content ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TABLE habilitation_attachment (
    habilitation_id uuid NOT NULL CONSTRAINT habilitation_attachment_habilitation_fk REFERENCES habilitation (id),
    attachment_id uuid NOT NULL CONSTRAINT habilitation_attachment_attachment_fk REFERENCES attachment (id),
    CONSTRAINT habilitation_attachment_pk PRIMARY KEY (habilitation_id, attachment_id)
);

CREATE TABLE message (
    id uuid CONSTRAINT message_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    request_id uuid NOT NULL CONSTRAINT message_request_fk REFERENCES request (id) ON DELETE CASCADE,
    author_id uuid NOT NULL CONSTRAINT message_author_fk REFERENCES account (id),
    as_staff boolean NOT NULL,
    body text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX message_request_idx ON message (request_id, at);
CREATE TABLE message_read (
    request_id uuid NOT NULL CONSTRAINT message_read_request_fk REFERENCES request (id) ON DELETE CASCADE,
    account_id uuid NOT NULL CONSTRAINT message_read_account_fk REFERENCES account (id) ON DELETE CASCADE,
    read_until timestamptz NOT NULL,
    read_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT message_read_pk PRIMARY KEY (request_id, account_id)
);

CREATE TABLE note (
    id uuid CONSTRAINT note_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    request_id uuid NOT NULL CONSTRAINT note_request_fk REFERENCES request (id) ON DELETE CASCADE,
    author_id uuid NOT NULL CONSTRAINT note_author_fk REFERENCES account (id),
    body text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX note_request_idx ON note (request_id, at);

CREATE TABLE decision_template (
    id uuid CONSTRAINT decision_template_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    product text NOT NULL,
    outcome text NOT NULL CONSTRAINT decision_template_outcome CHECK (outcome IN ('approve', 'refuse', 'request_changes', 'revoke')),
    name text NOT NULL,
    body text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    updated_by uuid CONSTRAINT decision_template_updated_by_fk REFERENCES account (id) ON DELETE SET NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT decision_template_name_uq UNIQUE (product, outcome, name)
);

CREATE TABLE saved_filter (
    id uuid CONSTRAINT saved_filter_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id uuid NOT NULL CONSTRAINT saved_filter_account_fk REFERENCES account (id) ON DELETE CASCADE,
    name text NOT NULL,
    query jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT saved_filter_name_uq UNIQUE (account_id, name)
);

-- Who sees a request. The statement's own WHERE says the same; this is the wall behind it. No
-- subquery depends on the row, so each runs once a statement.
CREATE FUNCTION app_account_emails() RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
        SELECT coalesce((SELECT ARRAY[lower(a.email), a.email_key] FROM account a
                         WHERE a.id = app_account_id() AND a.state = 'active'), '{}')
    $$;
ALTER TABLE request ENABLE ROW LEVEL SECURITY;
ALTER TABLE request FORCE ROW LEVEL SECURITY;
CREATE POLICY request_seen ON request USING (
    (SELECT app_is_system())
    OR applicant_id = (SELECT app_account_id())
    OR siret IN (SELECT m.siret FROM membership m
                 WHERE m.account_id = (SELECT app_account_id()) AND m.state = 'active')
    OR (first_submitted_at IS NOT NULL
        AND (product IN (SELECT s.product FROM staff_role s
                         WHERE s.account_id = (SELECT app_account_id()) AND s.product IS NOT NULL)
             OR (SELECT EXISTS (SELECT FROM staff_role s
                                WHERE s.account_id = app_account_id() AND s.role = 'admin'))
             OR contact_emails && (SELECT app_account_emails()))));

-- What hangs on a request is seen by who sees the request; notes by the staff alone.
DO $$
DECLARE child text;
BEGIN
    FOREACH child IN ARRAY ARRAY['request_event', 'decision', 'habilitation', 'attachment', 'message'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', child);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', child);
        EXECUTE format('CREATE POLICY %I ON %I USING (app_is_system() OR EXISTS '
                       '(SELECT FROM request r WHERE r.id = request_id))', child || '_seen', child);
    END LOOP;
END $$;
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
ALTER TABLE note FORCE ROW LEVEL SECURITY;
CREATE POLICY note_staff ON note USING (app_is_system() OR EXISTS (
    SELECT FROM request r, staff_role s WHERE r.id = request_id AND s.account_id = app_account_id()
      AND (s.product = r.product OR s.role = 'admin')));
