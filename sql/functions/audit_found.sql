-- A page of the audit trail, the newest entry first; one more than asked for says that others follow. Managers see what they
-- may read: neither requests that were never submitted (nor those that are gone), nor programs and webhooks of an
-- organisation. NULL filters nothing. Planned for each call: which index is best depends on what is asked.
CREATE OR REPLACE FUNCTION audit_found(products text[], actor uuid, asked_action text, subject text, asked_product text,
                            from_at timestamptz, to_at timestamptz, rows_max int, before bigint)
    RETURNS SETOF audit
    LANGUAGE plpgsql STABLE ROWS 50
    SET plan_cache_mode = force_custom_plan
    AS $$
    BEGIN
        RETURN QUERY
            SELECT u.* FROM audit u
            WHERE (products IS NULL
                   OR (u.product = ANY (products)
                       AND CASE u.subject_type
                           -- one look-up a row; EXISTS would read all requests first
                           WHEN 'request' THEN (SELECT r.first_submitted_at IS NOT NULL FROM request r
                                                WHERE r.id = u.subject_id::uuid)
                           WHEN 'client' THEN u.siret IS NULL
                           WHEN 'webhook' THEN u.siret IS NULL
                           ELSE true END))
              AND (actor IS NULL OR u.actor_id = actor)
              AND (asked_action IS NULL OR u.action = asked_action)
              AND (subject IS NULL OR u.subject_id = subject)
              AND (asked_product IS NULL OR u.product = asked_product)
              AND (from_at IS NULL OR u.at >= from_at)
              AND (to_at IS NULL OR u.at < to_at)
              AND (before IS NULL OR u.id < before)
            ORDER BY u.id DESC
            LIMIT rows_max + 1;
    END
    $$;
