-- A page of the requests that a person finds, last changed first or longest waiting first: one more than asked for says that
-- others follow. Who finds what is said by requests_found alone; what stands beside it here is met by each of these
-- requests and lets an index find them. Reads past row-level security, which keeps LIKE and && from every index.
-- Planned for each call, since every argument may be NULL.
CREATE OR REPLACE FUNCTION requests_page(viewer uuid, states text[], asked_product text, asked_use_case text, asked_siret text,
                              words text, assignee text, relation text, by_age boolean, rows_max bigint, after_us bigint,
                              after_id uuid)
    RETURNS TABLE (r request, id uuid, is_staff boolean, at timestamptz, rank bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
    SET search_path = public, pg_temp
    SET app.is_system = 'on'
    SET plan_cache_mode = force_custom_plan
    AS $$
    #variable_conflict use_column
    DECLARE
        after timestamptz := timestamptz 'epoch' + after_us * interval '1 microsecond';
        is_admin boolean := EXISTS (SELECT FROM staff_roles() s WHERE s.account_id = viewer AND s.role = 'admin');
        products text[] := ARRAY(SELECT s.product FROM staff_roles() s WHERE s.account_id = viewer AND s.product IS NOT NULL);
        looks_as_staff boolean := (is_admin OR products <> '{}') AND coalesce(relation IN ('staff', 'second_instructor'), true);
        -- Whatever else they are to these.
        own uuid[] := ARRAY(
            SELECT q.id FROM request q WHERE q.applicant_id = viewer
            UNION
            SELECT q.id FROM membership m JOIN request q ON q.siret = m.siret WHERE m.account_id = viewer AND m.state = 'active'
            UNION
            SELECT q.id FROM request q WHERE q.contact_emails && app_account_emails());
        numbers bigint[] := search_numbers(words, 'D');
        grants bigint[] := search_numbers(words, 'H');
        numbered uuid[] := CASE WHEN numbers || grants <> '{}' THEN
            ARRAY(SELECT q.id FROM request q WHERE q.number = ANY (numbers))
            || former_requests_numbered(numbers) || requests_of_habilitations(grants) || former_requests_of_habilitations(grants) END;
        -- The longest three of the words, which an index finds; requests_found looks at all of them.
        patterns text[] := ARRAY(
            SELECT p FROM unnest(search_patterns(regexp_replace(words, '(^|\s)[DdHh][0-9]{1,18}(?=\s|$)', ' ', 'g'))) p
            ORDER BY length(p) DESC LIMIT 3);
    BEGIN
        IF by_age THEN
            RETURN QUERY
            SELECT p.r, p.id, p.is_staff, p.at, row_number() OVER (ORDER BY p.at, p.id)
            FROM ((SELECT f.r, f.id, f.is_staff, coalesce((f.r).submitted_at, (f.r).created_at) AS at
                   FROM requests_found(viewer, states, asked_product, asked_use_case, asked_siret, words, assignee, relation) f
                   WHERE own <> '{}' AND f.id = ANY (own)
                     AND (after IS NULL OR (coalesce((f.r).submitted_at, (f.r).created_at), f.id) > (after, after_id))
                   ORDER BY 4, 2 LIMIT rows_max + 1)
                  UNION ALL
                  (SELECT f.r, f.id, f.is_staff, coalesce((f.r).submitted_at, (f.r).created_at) AS at
                   FROM requests_found(viewer, states, asked_product, asked_use_case, asked_siret, words, assignee, relation) f
                   WHERE looks_as_staff AND (is_admin OR (f.r).product = ANY (products)) AND f.id <> ALL (own)
                     AND (words IS NULL OR (f.r).named_keys @> ARRAY[words]
                          OR ((patterns[1] IS NULL OR (f.r).search LIKE patterns[1]) AND (patterns[2] IS NULL OR (f.r).search LIKE patterns[2])
                              AND (patterns[3] IS NULL OR (f.r).search LIKE patterns[3]) AND (numbered IS NULL OR f.id = ANY (numbered))))
                     AND (after IS NULL OR (coalesce((f.r).submitted_at, (f.r).created_at), f.id) > (after, after_id))
                   ORDER BY 4, 2 LIMIT rows_max + 1)
                  ORDER BY 4, 2 LIMIT rows_max + 1) p;
        ELSE
            RETURN QUERY
            SELECT p.r, p.id, p.is_staff, p.at, row_number() OVER (ORDER BY p.at DESC, p.id DESC)
            FROM ((SELECT f.r, f.id, f.is_staff, (f.r).updated_at AS at
                   FROM requests_found(viewer, states, asked_product, asked_use_case, asked_siret, words, assignee, relation) f
                   WHERE own <> '{}' AND f.id = ANY (own)
                     AND (after IS NULL OR ((f.r).updated_at, f.id) < (after, after_id))
                   ORDER BY 4 DESC, 2 DESC LIMIT rows_max + 1)
                  UNION ALL
                  (SELECT f.r, f.id, f.is_staff, (f.r).updated_at AS at
                   FROM requests_found(viewer, states, asked_product, asked_use_case, asked_siret, words, assignee, relation) f
                   WHERE looks_as_staff AND (is_admin OR (f.r).product = ANY (products)) AND f.id <> ALL (own)
                     AND (words IS NULL OR (f.r).named_keys @> ARRAY[words]
                          OR ((patterns[1] IS NULL OR (f.r).search LIKE patterns[1]) AND (patterns[2] IS NULL OR (f.r).search LIKE patterns[2])
                              AND (patterns[3] IS NULL OR (f.r).search LIKE patterns[3]) AND (numbered IS NULL OR f.id = ANY (numbered))))
                     AND (after IS NULL OR ((f.r).updated_at, f.id) < (after, after_id))
                   ORDER BY 4 DESC, 2 DESC LIMIT rows_max + 1)
                  ORDER BY 4 DESC, 2 DESC LIMIT rows_max + 1) p;
        END IF;
    END
    $$;
