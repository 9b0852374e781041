-- A page of habilitations, the latest first: those of the account and of its organisations, found by their requests, and
-- those that it sees as staff, read in their order; one more than asked for says that others follow. Planned for each call:
-- whether an order or a list of requests is read depends on how many there are.
CREATE OR REPLACE FUNCTION habilitations_page(viewer uuid, asked_state text, asked_product text, asked_siret text,
                                   asked_request uuid, rows_max bigint, before_us bigint, before_id uuid)
    RETURNS TABLE (id uuid, at timestamptz)
    LANGUAGE plpgsql STABLE ROWS 20
    SET plan_cache_mode = force_custom_plan
    AS $$
    #variable_conflict use_column
    DECLARE
        own uuid[] := ARRAY(
            SELECT r.id FROM request r WHERE r.applicant_id = viewer AND r.siret = ANY (applicant_sirets(viewer))
            UNION
            SELECT r.id FROM membership m JOIN request r ON r.siret = m.siret
            WHERE m.account_id = viewer AND m.state = 'active');
        products text[] := ARRAY(SELECT s.product FROM staff_roles() s WHERE s.account_id = viewer AND s.product IS NOT NULL);
        is_admin boolean := EXISTS (SELECT FROM staff_roles() s WHERE s.account_id = viewer AND s.role = 'admin');
        is_staff boolean := is_admin OR products <> '{}';
    BEGIN
        RETURN QUERY
            (SELECT h.id, h.approved_at
             FROM habilitations_found(asked_state, asked_product, asked_siret, asked_request, before_us, before_id) h
             WHERE own <> '{}' AND h.request_id = ANY (own)
             ORDER BY h.approved_at DESC, h.id DESC LIMIT rows_max + 1)
            UNION
            (SELECT h.id, h.approved_at
             FROM habilitations_found(asked_state, asked_product, asked_siret, asked_request, before_us, before_id) h
             WHERE is_staff AND (is_admin OR h.product = ANY (products))
             ORDER BY h.approved_at DESC, h.id DESC LIMIT rows_max + 1)
            ORDER BY 2 DESC, 1 DESC LIMIT rows_max + 1;
    END
    $$;
