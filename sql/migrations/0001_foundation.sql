-- What every aggregate leans on: identity for row-level security, audit chain, outbox, jobs,
-- idempotency keys, shared counters, signing keys.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Who asks, set by the program at the start of each transaction (SET LOCAL).
CREATE FUNCTION app_account_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.account_id', true), '')::uuid $$;

CREATE FUNCTION app_is_system() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('app.is_system', true), 'off') = 'on' $$;

-- What a program's access token is bound to: one organisation or one product; NULL for people.
CREATE FUNCTION app_client_siret() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.client_siret', true), '') $$;

CREATE FUNCTION app_client_product() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.client_product', true), '') $$;

-- What people type and what is searched, without case nor accents. unaccent() is only STABLE because
-- its dictionary could be replaced; here it is not, so an index may use it.
CREATE FUNCTION search_key(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, value)) $$;

-- RFC 3339 in UTC with milliseconds, as every document of the API has it.
CREATE FUNCTION api_time(at timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

-- Append-only: each row carries SHA-256(previous hash || its content), so that a change is named by
-- `guichet verify-audit`.
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_pk PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor_kind text NOT NULL CONSTRAINT audit_actor_kind CHECK (actor_kind IN ('account', 'client', 'system', 'anonymous')),
    actor_id uuid,
    action text NOT NULL,
    subject_type text NOT NULL,
    subject_id text NOT NULL,
    product text,
    siret text,
    detail jsonb NOT NULL DEFAULT '{}',
    address text,
    request_id uuid,
    previous_hash bytea,
    hash bytea NOT NULL
);
CREATE INDEX audit_subject_idx ON audit (subject_type, subject_id, id);
CREATE INDEX audit_actor_idx ON audit (actor_id, id);

CREATE FUNCTION audit_row_hash(previous bytea, entry audit) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
        SELECT sha256(coalesce(previous, ''::bytea) || convert_to(jsonb_build_array(
            entry.id, api_time(entry.at), entry.actor_kind, entry.actor_id, entry.action,
            entry.subject_type, entry.subject_id, entry.product, entry.siret, entry.detail,
            entry.address, entry.request_id)::text, 'UTF8'))
    $$;

-- The chain needs one order: writers wait for each other from here to their commit, so the audit is
-- the last thing that a transaction writes.
CREATE FUNCTION audit_chain() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(7239281);
        NEW.id := nextval(pg_get_serial_sequence('audit', 'id'));
        SELECT a.hash INTO NEW.previous_hash FROM audit a ORDER BY a.id DESC LIMIT 1;
        NEW.hash := audit_row_hash(NEW.previous_hash, NEW);
        RETURN NEW;
    END $$;
CREATE TRIGGER audit_chain BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_chain();

CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501'; END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Mails, written in the transaction that causes them, sent by the worker.
CREATE TABLE outbox (
    id uuid CONSTRAINT outbox_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    template text NOT NULL,
    recipient text NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    account_id uuid,
    state text NOT NULL DEFAULT 'pending' CONSTRAINT outbox_state CHECK (state IN ('pending', 'sent', 'parked')),
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz
);
CREATE INDEX outbox_due_idx ON outbox (next_attempt_at) WHERE state = 'pending';

-- Work done once whoever does it: one-off jobs and the next run of recurring ones.
CREATE TABLE job (
    id uuid CONSTRAINT job_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL,
    key text,
    payload jsonb NOT NULL DEFAULT '{}',
    run_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT job_kind_key_uq UNIQUE (kind, key)
);
CREATE INDEX job_due_idx ON job (run_at);

CREATE TABLE idempotency_key (
    actor_id text NOT NULL,
    path text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    state text NOT NULL DEFAULT 'running' CONSTRAINT idempotency_key_state CHECK (state IN ('running', 'done')),
    status integer,
    content_type text,
    body text,
    headers jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_key_pk PRIMARY KEY (actor_id, path, key)
);
CREATE INDEX idempotency_key_created_at_idx ON idempotency_key (created_at);

-- Attempts counted over all instances (log-in, mails per address): key is a hash, never an e-mail.
CREATE TABLE attempt (
    key bytea CONSTRAINT attempt_pk PRIMARY KEY,
    count integer NOT NULL,
    window_started_at timestamptz NOT NULL,
    blocked_until timestamptz
);

CREATE TABLE signing_key (
    kid text CONSTRAINT signing_key_pk PRIMARY KEY,
    state text NOT NULL CONSTRAINT signing_key_state CHECK (state IN ('next', 'current', 'previous', 'retired')),
    public_jwk jsonb NOT NULL,
    public_pem text NOT NULL,
    sealed_private_pem text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    current_at timestamptz,
    previous_at timestamptz
);
CREATE UNIQUE INDEX signing_key_one_current_uq ON signing_key (state) WHERE state IN ('next', 'current');
