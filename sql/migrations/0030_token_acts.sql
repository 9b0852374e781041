-- What people do with a token: who may, what was revealed, shared and announced.

ALTER TABLE token ADD COLUMN rotated_at timestamptz;
ALTER TABLE token ADD COLUMN previous_kid text CONSTRAINT token_previous_signing_key_fk REFERENCES signing_key (kid);
ALTER TABLE token ADD COLUMN revocation_told boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN token.revocation_told IS 'mails and event of the revocation are written; false for one that is still to come';
CREATE INDEX token_revocation_due_idx ON token (revoked_at) WHERE revoked_at IS NOT NULL AND NOT revocation_told;

-- Each time that somebody saw the string.
CREATE TABLE token_reveal (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT token_reveal_pk PRIMARY KEY,
    token_id uuid NOT NULL CONSTRAINT token_reveal_token_fk REFERENCES token (id) ON DELETE CASCADE,
    how text NOT NULL CONSTRAINT token_reveal_how CHECK (how IN ('reveal', 'rotation', 'share')),
    account_id uuid CONSTRAINT token_reveal_account_fk REFERENCES account (id) ON DELETE SET NULL,
    share_id uuid,
    address text,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX token_reveal_token_idx ON token_reveal (token_id, at);

-- Links by which a third party sees the string once.
CREATE TABLE token_share (
    id uuid CONSTRAINT token_share_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    token_id uuid NOT NULL CONSTRAINT token_share_token_fk REFERENCES token (id) ON DELETE CASCADE,
    email text NOT NULL,
    secret_hash text NOT NULL CONSTRAINT token_share_secret_hash_uq UNIQUE,
    created_by uuid CONSTRAINT token_share_created_by_fk REFERENCES account (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + interval '4 hours',
    used_at timestamptz,
    cancelled_at timestamptz
);
CREATE INDEX token_share_token_idx ON token_share (token_id, created_at, id);
ALTER TABLE token_reveal ADD CONSTRAINT token_reveal_share_fk
    FOREIGN KEY (share_id) REFERENCES token_share (id) ON DELETE SET NULL;

-- Expiry notices: each once for one expiry; a prolongation begins anew.
CREATE TABLE token_notice (
    token_id uuid NOT NULL CONSTRAINT token_notice_token_fk REFERENCES token (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    days integer NOT NULL CONSTRAINT token_notice_days CHECK (days IN (90, 60, 30, 15, 7, 0)),
    mailed boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT token_notice_pk PRIMARY KEY (token_id, expires_at, days)
);
COMMENT ON COLUMN token_notice.mailed IS 'false: missed (the program was down) and overtaken by a nearer one';

-- What a person is to a token. The contacts are those of the habilitation: what an applicant types
-- in a reopened draft gives nobody a right. Reads past row-level security, because it decides it.
CREATE FUNCTION token_relations(asked_request uuid, asked_habilitation uuid, asked_product text,
                                asked_siret text, person uuid) RETURNS text[]
    LANGUAGE sql STABLE
    SET app.is_system = 'on'
    AS $$
        SELECT coalesce(array_agg(found.relation), '{}')
        FROM account a
        CROSS JOIN LATERAL (
            SELECT 'applicant' AS relation FROM request r
            WHERE r.id = asked_request AND r.applicant_id = a.id
            UNION ALL
            SELECT contact.key FROM habilitation h, jsonb_each(h.snapshot #> '{fields,contacts}') contact
            WHERE h.id = asked_habilitation AND contact.key IN ('technical', 'business')
              AND lower(contact.value ->> 'email') IN (lower(a.email), a.email_key)
            UNION ALL
            SELECT 'member' FROM membership m
            WHERE m.account_id = a.id AND m.siret = asked_siret AND m.state = 'active'
            UNION ALL
            SELECT s.role FROM staff_role s
            WHERE s.account_id = a.id AND app_client_siret() IS NULL
              AND (s.product = asked_product OR s.role = 'admin')) found
        WHERE a.id = person AND a.state = 'active'
          AND coalesce(app_client_siret() = asked_siret, true)
          AND coalesce(app_client_product() = asked_product, true)
    $$;

DROP POLICY token_seen ON token;
CREATE POLICY token_seen ON token
    USING (app_is_system()
           OR token_relations(request_id, habilitation_id, product, siret, app_account_id()) <> '{}');
ALTER TABLE token_reveal ENABLE ROW LEVEL SECURITY;
ALTER TABLE token_reveal FORCE ROW LEVEL SECURITY;
CREATE POLICY token_reveal_seen ON token_reveal
    USING (app_is_system() OR EXISTS (SELECT FROM token t WHERE t.id = token_id));
ALTER TABLE token_share ENABLE ROW LEVEL SECURITY;
ALTER TABLE token_share FORCE ROW LEVEL SECURITY;
CREATE POLICY token_share_seen ON token_share
    USING (app_is_system() OR EXISTS (SELECT FROM token t WHERE t.id = token_id));

-- What these relations entitle to, whatever state the token is in.
CREATE FUNCTION token_rights(relations text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT coalesce(array_agg(act), '{}')
        FROM (VALUES ('reveal', ARRAY['applicant', 'technical']),
                     ('prolong', ARRAY['applicant']),
                     ('rotate', ARRAY['applicant', 'technical']),
                     ('revoke', ARRAY['applicant', 'technical', 'instructor', 'manager']),
                     ('set_addresses', ARRAY['applicant', 'technical']),
                     ('share', ARRAY['applicant', 'technical']),
                     ('read_usage', ARRAY['applicant', 'technical', 'business', 'reporter', 'instructor', 'manager', 'admin']),
                     ('read_calls', ARRAY['applicant', 'technical']),
                     ('set_alerts', ARRAY['applicant', 'technical', 'business'])) rights (act, who)
        WHERE who && relations
    $$;

CREATE FUNCTION token_state(revoked_at timestamptz, expires_at timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT CASE WHEN revoked_at <= now() THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'active' END
    $$;

-- The rights that make sense now.
CREATE FUNCTION token_permissions(t token, relations text[]) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
        SELECT coalesce(array_agg(act), '{}') FROM unnest(token_rights(relations)) act
        WHERE CASE
            WHEN act IN ('read_usage', 'read_calls') THEN true
            WHEN token_state(t.revoked_at, t.expires_at) = 'revoked' THEN false
            WHEN act = 'prolong' THEN now() BETWEEN t.expires_at - interval '90 days' AND t.expires_at + interval '90 days'
            WHEN act = 'revoke' THEN true
            ELSE token_state(t.revoked_at, t.expires_at) = 'active'
        END
    $$;

-- One address without its length, a block with it.
CREATE FUNCTION address_text(block cidr) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$
        SELECT CASE WHEN masklen(block) = CASE family(block) WHEN 4 THEN 32 ELSE 128 END THEN host(block) ELSE block::text END
    $$;

-- Those who may show the string, by name.
CREATE FUNCTION token_owners(asked_request uuid, asked_habilitation uuid) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
        SELECT coalesce(array_agg(DISTINCT name), '{}')
        FROM (SELECT a.given_name || ' ' || a.family_name AS name
              FROM request r JOIN account a ON a.id = r.applicant_id
              WHERE r.id = asked_request AND a.state = 'active'
              UNION
              SELECT coalesce(nullif(trim(concat_ws(' ', h.snapshot #>> '{fields,contacts,technical,given_name}',
                                                    h.snapshot #>> '{fields,contacts,technical,family_name}')), ''),
                              h.snapshot #>> '{fields,contacts,technical,email}')
              FROM habilitation h WHERE h.id = asked_habilitation) owner
        WHERE name IS NOT NULL
    $$;

-- The document of a token for somebody whose relations are known: who sees it was decided before.
CREATE FUNCTION token_json(t token, relations text[]) RETURNS json
    LANGUAGE sql STABLE
    SET app.is_system = 'on'
    AS $$
        SELECT json_build_object(
            'id', t.id,
            'version', t.version,
            'product', t.product,
            'request_id', t.request_id,
            'request_number', 'D' || r.number,
            'habilitation_id', t.habilitation_id,
            'siret', t.siret,
            'organisation_name', coalesce(o.name, t.siret),
            'title', coalesce(h.snapshot -> 'fields' ->> 'title', ''),
            'scopes', t.scopes,
            'state', token_state(t.revoked_at, t.expires_at),
            'allowed_ips', (SELECT coalesce(json_agg(address_text(block) ORDER BY place), '[]')
                            FROM unnest(t.allowed_ips) WITH ORDINALITY list (block, place)),
            'created_at', api_time(t.created_at),
            'expires_at', api_time(t.expires_at),
            'prolongable_from', api_time(t.expires_at - interval '90 days'),
            'revoked_at', CASE WHEN t.revoked_at <= now() THEN api_time(t.revoked_at) END,
            'revocation_at', CASE WHEN t.revoked_at > now() THEN api_time(t.revoked_at) END,
            'revocation_reason', t.revocation_reason,
            'rotation', CASE WHEN t.previous_until > now() THEN json_build_object(
                'rotated_at', api_time(t.rotated_at),
                'good_until', api_time(t.previous_until),
                'last_called_at', api_time(t.previous_last_called_at)) END,
            'last_called_at', api_time(t.last_called_at),
            'can_reveal', 'reveal' = ANY (token_permissions(t, relations)),
            'permissions', token_permissions(t, relations),
            'who_to_ask', token_owners(t.request_id, t.habilitation_id))
        FROM request r
        JOIN habilitation h ON h.id = t.habilitation_id
        LEFT JOIN organisation o ON o.siret = t.siret
        WHERE r.id = t.request_id
    $$;

CREATE FUNCTION token_share_json(s token_share) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', s.id,
            'email', s.email,
            'state', CASE WHEN s.used_at IS NOT NULL THEN 'used' WHEN s.cancelled_at IS NOT NULL THEN 'cancelled'
                          WHEN s.expires_at <= now() THEN 'expired' ELSE 'pending' END,
            'created_at', api_time(s.created_at),
            'expires_at', api_time(s.expires_at),
            'used_at', api_time(s.used_at),
            'created_by', person_json(s.created_by))
    $$;
