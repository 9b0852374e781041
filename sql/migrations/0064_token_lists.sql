-- The list of tokens. Asking token_relations of every token took seconds with ten thousand of them: the tokens
-- are found from the person instead, and only those of the page that is shown are asked.

-- The contacts whom a token concerns; columns, because only what is compared without a function is looked up
-- by an index behind row-level security.
ALTER TABLE habilitation
    ADD COLUMN technical_email text GENERATED ALWAYS AS (lower(snapshot #>> '{fields,contacts,technical,email}')) STORED,
    ADD COLUMN business_email text GENERATED ALWAYS AS (lower(snapshot #>> '{fields,contacts,business,email}')) STORED;
CREATE INDEX habilitation_technical_email_idx ON habilitation (technical_email);
CREATE INDEX habilitation_business_email_idx ON habilitation (business_email);
CREATE INDEX token_habilitation_idx ON token (habilitation_id);
CREATE INDEX token_created_at_idx ON token (created_at DESC, id DESC);

-- What a person is to a token, by these columns.
CREATE OR REPLACE FUNCTION token_relations(asked_request uuid, asked_habilitation uuid, asked_product text,
                                           asked_siret text, person uuid) RETURNS text[]
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN (SELECT coalesce(array_agg(found.relation), '{}')
                FROM account a
                CROSS JOIN LATERAL (
                    SELECT 'applicant' AS relation FROM request r
                    WHERE r.id = asked_request AND r.applicant_id = a.id
                    UNION ALL
                    SELECT contact.relation
                    FROM habilitation h CROSS JOIN LATERAL
                         (VALUES (h.business_email, 'business'), (h.technical_email, 'technical')) contact (email, relation)
                    WHERE h.id = asked_habilitation AND contact.email IN (lower(a.email), a.email_key)
                    UNION ALL
                    SELECT 'member' FROM membership m
                    WHERE m.account_id = a.id AND m.siret = asked_siret AND m.state = 'active'
                    UNION ALL
                    SELECT s.role FROM staff_role s
                    WHERE s.account_id = a.id AND app_client_siret() IS NULL
                      AND (s.product = asked_product OR s.role = 'admin')) found
                WHERE a.id = person AND a.state = 'active'
                  AND coalesce(app_client_siret() = asked_siret, true)
                  AND coalesce(app_client_product() = asked_product, true));
    END
    $$;

-- A token's document, from rows at hand: a statement that finds many renders them all at once.
CREATE FUNCTION token_row_json(t token, relations text[], request_number bigint, applicant_name text,
                               snapshot jsonb, organisation_name text) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
    DECLARE
        permissions text[] := token_permissions(t, relations);
    BEGIN
        RETURN json_build_object(
            'id', t.id,
            'version', t.version,
            'product', t.product,
            'request_id', t.request_id,
            'request_number', 'D' || request_number,
            'habilitation_id', t.habilitation_id,
            'siret', t.siret,
            'organisation_name', coalesce(organisation_name, t.siret),
            'title', coalesce(snapshot #>> '{fields,title}', ''),
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
            'can_reveal', 'reveal' = ANY (permissions),
            'permissions', permissions,
            'who_to_ask', (
                SELECT coalesce(array_agg(DISTINCT name), '{}')
                FROM unnest(ARRAY[
                    applicant_name,
                    coalesce(nullif(trim(concat_ws(' ', snapshot #>> '{fields,contacts,technical,given_name}',
                                                   snapshot #>> '{fields,contacts,technical,family_name}')), ''),
                             snapshot #>> '{fields,contacts,technical,email}')]) name
                WHERE name IS NOT NULL));
    END
    $$;

-- The applicant, where still there to be asked.
CREATE FUNCTION active_name(a account) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CASE WHEN a.state = 'active' THEN a.given_name || ' ' || a.family_name END $$;

CREATE OR REPLACE FUNCTION token_json(t token, relations text[]) RETURNS json
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN (SELECT token_row_json(t, relations, r.number, active_name(a), h.snapshot, o.name)
                FROM request r
                JOIN account a ON a.id = r.applicant_id
                JOIN habilitation h ON h.id = t.habilitation_id
                LEFT JOIN organisation o ON o.siret = t.siret
                WHERE r.id = t.request_id);
    END
    $$;
DROP FUNCTION token_owners(uuid, uuid);

-- The tokens of a page, the newest first. Reads past row-level security, because it says what is looked for.
-- Planned for each call, since every argument may be NULL.
CREATE FUNCTION tokens_found(person uuid, asked_state text, asked_product text, asked_siret text,
                             asked_request uuid, rows_max bigint, before_us bigint, before_id uuid)
    RETURNS uuid[]
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    SET plan_cache_mode = force_custom_plan
    AS $$
    DECLARE
        emails text[] := (SELECT ARRAY[lower(a.email), a.email_key] FROM account a
                          WHERE a.id = person AND a.state = 'active');
        bound_siret text := app_client_siret();
        bound_product text := app_client_product();
        products text[] := ARRAY(SELECT s.product FROM staff_role s
                                 WHERE s.account_id = person AND s.product IS NOT NULL AND bound_siret IS NULL);
        is_admin boolean := EXISTS (SELECT FROM staff_role s
                                    WHERE s.account_id = person AND s.role = 'admin' AND bound_siret IS NULL);
        own uuid[] := ARRAY(
            SELECT t.id FROM request r JOIN token t ON t.request_id = r.id WHERE r.applicant_id = person
            UNION
            SELECT t.id FROM membership m JOIN token t ON t.siret = m.siret
            WHERE m.account_id = person AND m.state = 'active'
            UNION
            SELECT t.id FROM habilitation h JOIN token t ON t.habilitation_id = h.id
            WHERE h.technical_email = ANY (emails) OR h.business_email = ANY (emails));
    BEGIN
        RETURN ARRAY(
            SELECT t.id FROM token t
            WHERE (t.id = ANY (own) OR t.product = ANY (products) OR is_admin)
              AND (bound_siret IS NULL OR t.siret = bound_siret)
              AND (bound_product IS NULL OR t.product = bound_product)
              AND (asked_state IS NULL OR token_state(t.revoked_at, t.expires_at) = asked_state)
              AND (asked_product IS NULL OR t.product = asked_product)
              AND (asked_siret IS NULL OR t.siret = asked_siret)
              AND (asked_request IS NULL OR t.request_id = asked_request)
              AND (before_us IS NULL
                   OR (t.created_at, t.id) < (timestamptz 'epoch' + before_us * interval '1 microsecond', before_id))
            ORDER BY t.created_at DESC, t.id DESC LIMIT rows_max);
    END
    $$;

-- Their documents, as far as the person sees them: by the very rule of row-level security, which is asked here
-- once a token.
CREATE FUNCTION tokens_shown(person uuid, ids uuid[])
    RETURNS TABLE (id uuid, created_at timestamptz, document json)
    LANGUAGE plpgsql STABLE ROWS 20
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN QUERY
        WITH related AS MATERIALIZED (
            SELECT t AS token, token_relations(t.request_id, t.habilitation_id, t.product, t.siret, person) AS relations
            FROM token t WHERE t.id = ANY (ids)
        )
        SELECT (s.token).id, (s.token).created_at,
               token_row_json(s.token, s.relations, r.number, active_name(a), h.snapshot, o.name)
        FROM related s
        JOIN request r ON r.id = (s.token).request_id
        JOIN account a ON a.id = r.applicant_id
        JOIN habilitation h ON h.id = (s.token).habilitation_id
        LEFT JOIN organisation o ON o.siret = (s.token).siret
        WHERE s.relations <> '{}';
    END
    $$;
