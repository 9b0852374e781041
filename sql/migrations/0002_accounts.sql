-- Accounts, organisations and what ties them.

-- What the directory said of an establishment the last time it was asked.
CREATE TABLE organisation (
    siret text CONSTRAINT organisation_pk PRIMARY KEY CONSTRAINT organisation_siret_format CHECK (siret ~ '^[0-9]{14}$'),
    name text,
    legal_category text,
    address text,
    state text NOT NULL CONSTRAINT organisation_state CHECK (state IN ('open', 'closed', 'pending_directory')),
    eligible boolean,
    eligibility_ground text,
    directory_checked_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT organisation_named CHECK (name IS NOT NULL OR state = 'pending_directory')
);
CREATE INDEX organisation_name_trgm_idx ON organisation USING gin (search_key(name) gin_trgm_ops);

CREATE TABLE account (
    id uuid CONSTRAINT account_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL,
    email_key text NOT NULL CONSTRAINT account_email_key_uq UNIQUE,
    given_name text NOT NULL,
    family_name text NOT NULL,
    job_title text,
    phone text,
    password_hash text,
    state text NOT NULL DEFAULT 'pending' CONSTRAINT account_state CHECK (state IN ('pending', 'active', 'deleted')),
    current_siret text CONSTRAINT account_current_siret_fk REFERENCES organisation (siret),
    notifications jsonb NOT NULL DEFAULT '{}',
    locale text NOT NULL DEFAULT 'fr',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    activated_at timestamptz,
    last_login_at timestamptz,
    deleted_at timestamptz
);
COMMENT ON COLUMN account.email_key IS 'the address with its domain in lower case ASCII (IDNA) and its local part in lower case: how two spellings are known to be one';

-- Log-in through an OpenID provider: the person is (issuer, subject), never the e-mail.
CREATE TABLE federated_identity (
    issuer text NOT NULL,
    subject text NOT NULL,
    account_id uuid NOT NULL CONSTRAINT federated_identity_account_fk REFERENCES account (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    CONSTRAINT federated_identity_pk PRIMARY KEY (issuer, subject)
);
CREATE INDEX federated_identity_account_idx ON federated_identity (account_id);

CREATE TABLE session (
    id uuid CONSTRAINT session_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id uuid NOT NULL CONSTRAINT session_account_fk REFERENCES account (id) ON DELETE CASCADE,
    secret_hash bytea NOT NULL CONSTRAINT session_secret_hash_uq UNIQUE,
    second_factor boolean NOT NULL DEFAULT false,
    id_token text,
    address text,
    user_agent text,
    created_at timestamptz NOT NULL DEFAULT now(),
    logged_in_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_account_idx ON session (account_id);
CREATE INDEX session_expires_at_idx ON session (expires_at);

-- Single-use links sent by mail.
CREATE TABLE link (
    id uuid CONSTRAINT link_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CONSTRAINT link_kind CHECK (kind IN ('activation', 'password_reset', 'email_change')),
    account_id uuid NOT NULL CONSTRAINT link_account_fk REFERENCES account (id) ON DELETE CASCADE,
    secret_hash bytea NOT NULL CONSTRAINT link_secret_hash_uq UNIQUE,
    payload jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX link_account_idx ON link (account_id, kind);

CREATE TABLE membership (
    id uuid CONSTRAINT membership_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id uuid NOT NULL CONSTRAINT membership_account_fk REFERENCES account (id) ON DELETE CASCADE,
    siret text NOT NULL CONSTRAINT membership_organisation_fk REFERENCES organisation (siret),
    state text NOT NULL CONSTRAINT membership_state CHECK (state IN ('pending', 'active', 'suspended', 'external', 'refused', 'left')),
    ground text CONSTRAINT membership_ground CHECK (ground IN ('first', 'same_domain', 'trusted_domain', 'support', 'administrator', 'import')),
    reason text,
    resolved_by uuid CONSTRAINT membership_resolved_by_fk REFERENCES account (id) ON DELETE SET NULL,
    resolved_at timestamptz,
    reported_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT membership_account_siret_uq UNIQUE (account_id, siret)
);
COMMENT ON COLUMN membership.state IS 'pending: before activation; left: by the person; both unseen by others';
COMMENT ON COLUMN membership.ground IS 'support: accepted one by one, so it proves nothing about the domain';
COMMENT ON COLUMN membership.reported_at IS 'a member does not know this person; emptied by the verdict';
CREATE INDEX membership_siret_idx ON membership (siret, state);
CREATE INDEX membership_queue_idx ON membership (created_at) WHERE state = 'suspended' OR reported_at IS NOT NULL;

-- "I do not know this person", until support has given its verdict.
CREATE TABLE membership_report (
    membership_id uuid NOT NULL CONSTRAINT membership_report_membership_fk REFERENCES membership (id) ON DELETE CASCADE,
    reported_by uuid NOT NULL CONSTRAINT membership_report_reported_by_fk REFERENCES account (id) ON DELETE CASCADE,
    comment text,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT membership_report_pk PRIMARY KEY (membership_id, reported_by)
);

-- Support's verdicts, kept as evidence for the next one from the same domain.
CREATE TABLE membership_resolution (
    id uuid CONSTRAINT membership_resolution_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    siret text NOT NULL CONSTRAINT membership_resolution_organisation_fk REFERENCES organisation (siret),
    domain text NOT NULL,
    outcome text NOT NULL CONSTRAINT membership_resolution_outcome CHECK (outcome IN ('accept', 'accept_as_external', 'refuse')),
    reason text,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX membership_resolution_siret_idx ON membership_resolution (siret, at);

CREATE TABLE trusted_domain (
    siret text NOT NULL CONSTRAINT trusted_domain_organisation_fk REFERENCES organisation (siret),
    domain text NOT NULL,
    added_by uuid CONSTRAINT trusted_domain_added_by_fk REFERENCES account (id) ON DELETE SET NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT trusted_domain_pk PRIMARY KEY (siret, domain)
);

CREATE TABLE staff_role (
    id uuid CONSTRAINT staff_role_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id uuid NOT NULL CONSTRAINT staff_role_account_fk REFERENCES account (id) ON DELETE CASCADE,
    role text NOT NULL CONSTRAINT staff_role_role CHECK (role IN ('reporter', 'instructor', 'manager', 'support', 'admin')),
    product text,
    granted_by uuid CONSTRAINT staff_role_granted_by_fk REFERENCES account (id) ON DELETE SET NULL,
    granted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT staff_role_product_scope CHECK ((role IN ('support', 'admin')) = (product IS NULL)),
    CONSTRAINT staff_role_uq UNIQUE NULLS NOT DISTINCT (account_id, role, product)
);

CREATE TABLE second_factor (
    account_id uuid CONSTRAINT second_factor_pk PRIMARY KEY CONSTRAINT second_factor_account_fk REFERENCES account (id) ON DELETE CASCADE,
    sealed_secret bytea NOT NULL,
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE recovery_code (
    account_id uuid NOT NULL CONSTRAINT recovery_code_account_fk REFERENCES account (id) ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    used_at timestamptz,
    CONSTRAINT recovery_code_pk PRIMARY KEY (account_id, code_hash)
);

-- The directory kept here: a sample at first, the whole Sirene after `guichet import-directory`.
CREATE TABLE directory_establishment (
    siret text CONSTRAINT directory_establishment_pk PRIMARY KEY,
    name text NOT NULL,
    legal_category text,
    street text,
    postal_code text,
    city text,
    open boolean NOT NULL
);
CREATE INDEX directory_establishment_search_idx ON directory_establishment
    USING gin (search_key(name || ' ' || coalesce(city, '')) gin_trgm_ops);
CREATE TABLE directory_cache (
    siret text CONSTRAINT directory_cache_pk PRIMARY KEY,
    answer jsonb,
    fetched_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN directory_cache.answer IS 'NULL: the directory said that it does not know this SIRET';

-- Only the person and the program see what opens the door; the policies are the second wall behind
-- the WHERE of each statement.
ALTER TABLE session ENABLE ROW LEVEL SECURITY;
ALTER TABLE session FORCE ROW LEVEL SECURITY;
CREATE POLICY session_own ON session USING (app_is_system() OR account_id = app_account_id());
ALTER TABLE link ENABLE ROW LEVEL SECURITY;
ALTER TABLE link FORCE ROW LEVEL SECURITY;
CREATE POLICY link_own ON link USING (app_is_system() OR account_id = app_account_id());
ALTER TABLE second_factor ENABLE ROW LEVEL SECURITY;
ALTER TABLE second_factor FORCE ROW LEVEL SECURITY;
CREATE POLICY second_factor_own ON second_factor USING (app_is_system() OR account_id = app_account_id());
ALTER TABLE recovery_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_code FORCE ROW LEVEL SECURITY;
CREATE POLICY recovery_code_own ON recovery_code USING (app_is_system() OR account_id = app_account_id());
