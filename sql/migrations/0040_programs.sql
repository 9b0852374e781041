-- Other people's programs: API clients and webhooks.

-- A program acts for the account that created it: on the data of one organisation, or on a product
-- that this account instructs.
CREATE TABLE client (
    id uuid CONSTRAINT client_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id uuid NOT NULL CONSTRAINT client_account_fk REFERENCES account (id) ON DELETE CASCADE,
    name text NOT NULL,
    siret text CONSTRAINT client_organisation_fk REFERENCES organisation (siret),
    product text,
    scopes text[] NOT NULL CONSTRAINT client_scopes CHECK (cardinality(scopes) > 0),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    CONSTRAINT client_bound CHECK ((siret IS NULL) <> (product IS NULL))
);
CREATE INDEX client_account_idx ON client (account_id, created_at, id);

CREATE TABLE client_secret (
    id uuid CONSTRAINT client_secret_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    client_id uuid NOT NULL CONSTRAINT client_secret_client_fk REFERENCES client (id) ON DELETE CASCADE,
    secret_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz
);
CREATE INDEX client_secret_client_idx ON client_secret (client_id);

-- Dies with the secret that it was got with.
CREATE TABLE client_access_token (
    token_hash text CONSTRAINT client_access_token_pk PRIMARY KEY,
    client_id uuid NOT NULL CONSTRAINT client_access_token_client_fk REFERENCES client (id) ON DELETE CASCADE,
    secret_id uuid NOT NULL CONSTRAINT client_access_token_secret_fk REFERENCES client_secret (id) ON DELETE CASCADE,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX client_access_token_client_idx ON client_access_token (client_id);
CREATE INDEX client_access_token_secret_idx ON client_access_token (secret_id);
CREATE INDEX client_access_token_expires_at_idx ON client_access_token (expires_at);

CREATE TABLE webhook (
    id uuid CONSTRAINT webhook_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id uuid NOT NULL CONSTRAINT webhook_account_fk REFERENCES account (id) ON DELETE CASCADE,
    product text NOT NULL,
    siret text CONSTRAINT webhook_organisation_fk REFERENCES organisation (siret),
    url text NOT NULL,
    events text[] NOT NULL CONSTRAINT webhook_events CHECK (cardinality(events) > 0),
    enabled boolean NOT NULL DEFAULT true,
    disabled_reason text,
    failing_since timestamptz,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN webhook.siret IS 'NULL: every request of the product once submitted (managers)';
CREATE INDEX webhook_account_idx ON webhook (account_id, created_at, id);
CREATE INDEX webhook_product_idx ON webhook (product, siret);

CREATE TABLE webhook_secret (
    id uuid CONSTRAINT webhook_secret_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    webhook_id uuid NOT NULL CONSTRAINT webhook_secret_webhook_fk REFERENCES webhook (id) ON DELETE CASCADE,
    sealed_secret text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz
);
CREATE INDEX webhook_secret_webhook_idx ON webhook_secret (webhook_id);

-- What happened, written with its cause; the body is the text that is signed and sent, the same at
-- each attempt.
CREATE TABLE webhook_event (
    id uuid CONSTRAINT webhook_event_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    event text NOT NULL,
    product text NOT NULL,
    siret text NOT NULL,
    is_private boolean NOT NULL,
    body text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    dispatched boolean NOT NULL DEFAULT false
);
COMMENT ON COLUMN webhook_event.is_private IS 'of a draft never submitted: for its organisation alone';
CREATE INDEX webhook_event_waiting_idx ON webhook_event (at) WHERE NOT dispatched;
CREATE INDEX webhook_event_at_idx ON webhook_event (at);

-- One row a try; a failed one has the next behind it until the last.
CREATE TABLE webhook_attempt (
    id uuid CONSTRAINT webhook_attempt_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    webhook_id uuid NOT NULL CONSTRAINT webhook_attempt_webhook_fk REFERENCES webhook (id) ON DELETE CASCADE,
    event_id uuid NOT NULL CONSTRAINT webhook_attempt_event_fk REFERENCES webhook_event (id) ON DELETE CASCADE,
    number integer NOT NULL DEFAULT 1,
    state text NOT NULL DEFAULT 'pending' CONSTRAINT webhook_attempt_state CHECK (state IN ('pending', 'delivered', 'failed')),
    at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz DEFAULT now(),
    claimed_until timestamptz,
    status integer,
    response_excerpt text,
    error text,
    duration_ms integer
);
CREATE INDEX webhook_attempt_webhook_idx ON webhook_attempt (webhook_id, at, id);
CREATE INDEX webhook_attempt_event_idx ON webhook_attempt (event_id);
CREATE INDEX webhook_attempt_due_idx ON webhook_attempt (due_at) WHERE state = 'pending';

-- Their creator's alone.
DO $$
DECLARE child text;
BEGIN
    FOREACH child IN ARRAY ARRAY['client', 'webhook'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', child);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', child);
        EXECUTE format('CREATE POLICY %I ON %I USING (app_is_system() OR account_id = app_account_id())',
                       child || '_own', child);
    END LOOP;
    FOREACH child IN ARRAY ARRAY['client_secret', 'client_access_token'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', child);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', child);
        EXECUTE format('CREATE POLICY %I ON %I USING (app_is_system() OR EXISTS '
                       '(SELECT FROM client c WHERE c.id = client_id))', child || '_own', child);
    END LOOP;
    FOREACH child IN ARRAY ARRAY['webhook_secret', 'webhook_attempt'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', child);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', child);
        EXECUTE format('CREATE POLICY %I ON %I USING (app_is_system() OR EXISTS '
                       '(SELECT FROM webhook w WHERE w.id = webhook_id))', child || '_own', child);
    END LOOP;
END $$;

-- A program sees nothing beyond what it was made for, whatever its account sees.
CREATE POLICY request_of_client ON request AS RESTRICTIVE
    USING (coalesce(app_client_siret() = siret, true) AND coalesce(app_client_product() = product, true));

-- A program goes as far as its account: no longer a member, or no longer staff, and it is let in no more.
CREATE FUNCTION client_is_backed(c client) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
        SELECT EXISTS (SELECT FROM account a WHERE a.id = c.account_id AND a.state = 'active')
           AND CASE WHEN c.siret IS NOT NULL
                    THEN EXISTS (SELECT FROM membership m WHERE m.account_id = c.account_id
                                   AND m.siret = c.siret AND m.state = 'active')
                    ELSE EXISTS (SELECT FROM staff_role r WHERE r.account_id = c.account_id AND r.product = c.product)
               END
    $$;

CREATE FUNCTION client_json(c client) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', c.id,
            'version', c.version,
            'name', c.name,
            'siret', c.siret,
            'product', c.product,
            'scopes', c.scopes,
            'secrets', (SELECT coalesce(json_agg(json_build_object('id', s.id, 'created_at', api_time(s.created_at),
                                                                   'last_used_at', api_time(s.last_used_at))
                                                 ORDER BY s.created_at, s.id), '[]')
                        FROM client_secret s WHERE s.client_id = c.id),
            'created_by', person_json(c.account_id),
            'created_at', api_time(c.created_at),
            'last_used_at', api_time(c.last_used_at))
    $$;

CREATE FUNCTION webhook_json(w webhook) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', w.id,
            'version', w.version,
            'product', w.product,
            'siret', w.siret,
            'url', w.url,
            'events', w.events,
            'enabled', w.enabled,
            'disabled_reason', w.disabled_reason,
            'secrets', (SELECT coalesce(json_agg(json_build_object('id', s.id, 'created_at', api_time(s.created_at),
                                                                   'last_used_at', api_time(s.last_used_at))
                                                 ORDER BY s.created_at, s.id), '[]')
                        FROM webhook_secret s WHERE s.webhook_id = w.id),
            'created_at', api_time(w.created_at),
            'last_success_at', api_time(w.last_success_at),
            'last_failure_at', api_time(w.last_failure_at))
    $$;

-- Whoever made it must still be entitled to what it tells.
CREATE FUNCTION webhook_is_backed(w webhook) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
        SELECT EXISTS (SELECT FROM account a WHERE a.id = w.account_id AND a.state = 'active')
           AND CASE WHEN w.siret IS NOT NULL
                    THEN EXISTS (SELECT FROM membership m WHERE m.account_id = w.account_id
                                   AND m.siret = w.siret AND m.state = 'active')
                    ELSE EXISTS (SELECT FROM staff_role r WHERE r.account_id = w.account_id
                                   AND r.product = w.product AND r.role = 'manager')
               END
    $$;

CREATE FUNCTION webhook_attempt_json(a webhook_attempt) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', a.id,
            'event_id', a.event_id,
            'event', e.event,
            'at', api_time(a.at),
            'state', a.state,
            'request_body', e.body,
            'status', a.status,
            'response_excerpt', a.response_excerpt,
            'error', a.error,
            'duration_ms', a.duration_ms,
            'next_attempt_at', CASE WHEN a.state = 'pending' THEN api_time(a.due_at) END)
        FROM webhook_event e WHERE e.id = a.event_id
    $$;
