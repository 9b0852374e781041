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
CREATE INDEX request_siret_idx ON request (siret, state);
CREATE INDEX request_applicant_idx ON request (applicant_id);
CREATE INDEX request_queue_idx ON request (product, state, submitted_at);
CREATE INDEX request_title_trgm_idx ON request USING gin (search_key(coalesce(fields ->> 'title', '')) gin_trgm_ops);

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
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT request_event_pk PRIMARY KEY,
    request_id uuid NOT NULL CONSTRAINT request_event_request_fk REFERENCES request (id) ON DELETE CASCADE,
    event text NOT NULL,
    from_state text,
    to_state text,
    actor_id uuid CONSTRAINT request_event_actor_fk REFERENCES account (id),
    as_staff boolean NOT NULL DEFAULT false,
    detail jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX request_event_request_idx ON request_event (request_id, id);

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
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT decision_reason_given CHECK (outcome = 'approve' OR reason IS NOT NULL)
);
CREATE INDEX decision_request_idx ON decision (request_id, at);

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

-- Who sees a request. The statement's own WHERE says the same; this is the wall behind it.
CREATE FUNCTION may_see_request(asked_applicant uuid, asked_siret text, asked_product text,
                                asked_first_submitted_at timestamptz, asked_fields jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
        SELECT app_is_system()
            OR asked_applicant = app_account_id()
            OR EXISTS (SELECT FROM membership m WHERE m.account_id = app_account_id()
                         AND m.siret = asked_siret AND m.state = 'active')
            OR (asked_first_submitted_at IS NOT NULL
                AND EXISTS (SELECT FROM staff_role s WHERE s.account_id = app_account_id()
                              AND (s.product = asked_product OR s.role = 'admin')))
            OR EXISTS (SELECT FROM account a, jsonb_each(asked_fields -> 'contacts') c
                       WHERE a.id = app_account_id() AND a.state = 'active'
                         AND asked_first_submitted_at IS NOT NULL
                         AND lower(c.value ->> 'email') IN (lower(a.email), a.email_key))
    $$;
ALTER TABLE request ENABLE ROW LEVEL SECURITY;
ALTER TABLE request FORCE ROW LEVEL SECURITY;
CREATE POLICY request_seen ON request
    USING (may_see_request(applicant_id, siret, product, first_submitted_at, fields));

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
