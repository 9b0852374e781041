-- The tokens of a page, the newest first. Reads past row-level security, because it says what is looked for.
-- Planned for each call, since every argument may be NULL.
CREATE OR REPLACE FUNCTION tokens_found(person uuid, asked_state text, asked_product text, asked_siret text,
                             asked_request uuid, rows_max bigint, before_us bigint, before_id uuid)
    RETURNS uuid[]
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    SET plan_cache_mode = force_custom_plan
    AS $$
    DECLARE
        key text := (SELECT a.email_key FROM account a WHERE a.id = person AND account_is_active(a));
        bound_siret text := app_client_siret();
        bound_product text := app_client_product();
        products text[] := ARRAY(SELECT s.product FROM staff_roles() s
                                 WHERE s.account_id = person AND s.product IS NOT NULL AND bound_siret IS NULL);
        is_admin boolean := EXISTS (SELECT FROM staff_roles() s
                                    WHERE s.account_id = person AND s.role = 'admin' AND bound_siret IS NULL);
        own uuid[] := ARRAY(
            SELECT t.id FROM request r JOIN token t ON t.request_id = r.id WHERE r.applicant_id = person AND r.siret = ANY (applicant_sirets(person))
            UNION
            SELECT t.id FROM membership m JOIN token t ON t.siret = m.siret
            WHERE m.account_id = person AND m.state = 'active'
            UNION
            SELECT t.id FROM habilitation h JOIN token t ON t.habilitation_id = h.id
            WHERE (h.technical_key = key OR h.business_key = key)
              AND t.siret <> ALL (excluded_sirets(person)));
    BEGIN
        RETURN ARRAY(
            SELECT t.id FROM token t
            WHERE (t.id = ANY (own) OR t.product = ANY (products) OR is_admin)
              AND (bound_siret IS NULL OR t.siret = bound_siret)
              AND (bound_product IS NULL OR t.product = bound_product)
              AND (asked_state IS NULL OR token_state(t.revoked_at, t.expires_at) = asked_state)
              AND (asked_state IS DISTINCT FROM 'revoked' OR t.revoked_at <= now()) -- said once more for an index
              AND (asked_state IS DISTINCT FROM 'expired' OR t.expires_at <= now())
              AND (asked_product IS NULL OR t.product = asked_product)
              AND (asked_siret IS NULL OR t.siret = asked_siret)
              AND (asked_request IS NULL OR t.request_id = asked_request)
              AND (before_us IS NULL
                   OR (t.created_at, t.id) < (timestamptz 'epoch' + before_us * interval '1 microsecond', before_id))
            ORDER BY t.created_at DESC, t.id DESC LIMIT rows_max);
    END
    $$;
