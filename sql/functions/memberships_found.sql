-- A page of support's queue, oldest first, or newest first where those are asked for who were the first of an organisation with
-- a free-mail address; one more than asked for says that others follow. NULL filters nothing. Planned for each call.
CREATE OR REPLACE FUNCTION memberships_found(asked_state text, asked_reported boolean, asked_siret text, words text, rows_max int,
                                  after_us bigint, after_id uuid, free_mail_domains text[], by_free_mail boolean)
    RETURNS SETOF membership
    LANGUAGE plpgsql STABLE ROWS 20
    SET plan_cache_mode = force_custom_plan
    AS $$
    DECLARE
        after timestamptz := timestamptz 'epoch' + after_us * interval '1 microsecond';
    BEGIN
        IF by_free_mail THEN
            RETURN QUERY
                SELECT m.* FROM membership m JOIN account a ON a.id = m.account_id
                WHERE a.state = 'active' AND m.state NOT IN ('pending', 'left')
                  AND (asked_state IS NULL OR m.state = asked_state)
                  AND (asked_reported IS NULL OR (m.reported_at IS NOT NULL) = asked_reported)
                  AND (asked_siret IS NULL OR m.siret = asked_siret)
                  AND (words IS NULL OR account_is_named(a, words))
                  AND m.ground = 'first' AND email_domain(a.email_key) = ANY (free_mail_domains)
                  AND (after IS NULL OR (m.created_at, m.id) < (after, after_id))
                ORDER BY m.created_at DESC, m.id DESC LIMIT rows_max + 1;
        ELSE
            RETURN QUERY
                SELECT m.* FROM membership m JOIN account a ON a.id = m.account_id
                WHERE a.state = 'active' AND m.state NOT IN ('pending', 'left')
                  AND (asked_state IS NULL OR m.state = asked_state)
                  AND (asked_reported IS NULL OR (m.reported_at IS NOT NULL) = asked_reported)
                  AND (asked_siret IS NULL OR m.siret = asked_siret)
                  AND (words IS NULL OR account_is_named(a, words))
                  AND (by_free_mail IS NULL OR m.ground IS DISTINCT FROM 'first' OR email_domain(a.email_key) <> ALL (free_mail_domains))
                  AND (after IS NULL OR (m.created_at, m.id) > (after, after_id))
                ORDER BY m.created_at, m.id LIMIT rows_max + 1;
        END IF;
    END
    $$;
