-- The requests that a person finds, and whether as staff; an address or a telephone number is found by its key as well.
-- It becomes part of the statement too. A list asks requests_page, which asks this.
CREATE OR REPLACE FUNCTION requests_found(viewer uuid, states text[], asked_product text, asked_use_case text,
                               asked_siret text, words text, assignee text, relation text)
    RETURNS TABLE (r request, id uuid, is_staff boolean)
    LANGUAGE sql STABLE
    AS $$
        SELECT r, r.id, tie.is_staff
        FROM request r
        CROSS JOIN LATERAL (
            SELECT r.applicant_id = viewer
                       AND r.siret = ANY ((SELECT applicant_sirets(viewer))::text[]) AS is_applicant,
                   r.siret = ANY (ARRAY(SELECT m.siret FROM membership m
                                        WHERE m.account_id = viewer AND m.state = 'active')) AS is_member,
                   r.first_submitted_at IS NOT NULL
                       AND (r.product = ANY (ARRAY(SELECT s.product FROM staff_roles() s
                                                   WHERE s.account_id = viewer AND s.product IS NOT NULL))
                            OR (SELECT EXISTS (SELECT FROM staff_roles() s
                                               WHERE s.account_id = viewer AND s.role = 'admin'))) AS is_staff,
                   r.first_submitted_at IS NOT NULL
                       AND r.contact_emails && (SELECT app_account_emails())
                       AND r.siret <> ALL ((SELECT excluded_sirets(viewer))::text[]) AS is_contact) tie
        -- A contact who is nothing else finds by what they may read, not by the draft of a reopening.
        CROSS JOIN LATERAL (SELECT tie.is_applicant OR tie.is_member OR tie.is_staff AS all_of_it) sees
        CROSS JOIN LATERAL (SELECT CASE WHEN sees.all_of_it THEN r.search
                                        WHEN tie.is_contact THEN request_search_of_contact(r) END AS key) found_by
        WHERE CASE WHEN states IS NULL THEN r.state <> 'archived' ELSE r.state = ANY (states) END
          AND (asked_product IS NULL OR r.product = asked_product)
          AND (asked_use_case IS NULL OR r.use_case = asked_use_case)
          AND (asked_siret IS NULL OR r.siret = asked_siret)
          -- D17 and H12 are the numbers of a request and of its habilitation, here or in the system that it was taken over
          -- from, not text that others hold as well.
          AND (words IS NULL OR (sees.all_of_it AND r.named_keys @> ARRAY[words]) OR (
                found_by.key LIKE ALL ((SELECT search_patterns(
                    regexp_replace(words, '(^|\s)[DdHh][0-9]{1,18}(?=\s|$)', ' ', 'g')))::text[])
                AND (r.number = ALL ((SELECT search_numbers(words, 'D'))::bigint[])
                     OR r.id = ANY ((SELECT former_requests_numbered(search_numbers(words, 'D')))::uuid[]))
                AND (r.id = ALL ((SELECT requests_of_habilitations(search_numbers(words, 'H')))::uuid[])
                     OR r.id = ANY ((SELECT former_requests_of_habilitations(search_numbers(words, 'H')))::uuid[]))))
          -- A program: what it is bound to alone.
          AND coalesce((SELECT app_client_siret()) = r.siret, true)
          AND coalesce((SELECT app_client_product()) = r.product, true)
          AND CASE WHEN assignee IS NULL THEN true
                   WHEN assignee = 'none' THEN r.assignee_id IS NULL
                   ELSE r.assignee_id = nullif(assignee, 'none')::uuid END
          AND CASE relation
              WHEN 'applicant' THEN tie.is_applicant
              WHEN 'member' THEN tie.is_member
              WHEN 'staff' THEN tie.is_staff
              WHEN 'contact' THEN tie.is_contact
              WHEN 'second_instructor' THEN tie.is_staff AND r.state = 'submitted'
                  AND r.id = ANY (ARRAY(SELECT p.request_id FROM request_proposal p))
                  AND EXISTS (SELECT FROM staff_roles() s WHERE s.account_id = viewer AND s.product = r.product
                                AND s.role IN ('instructor', 'manager'))
                  AND EXISTS (SELECT FROM living_proposal(r) p WHERE viewer <> p.proposed_by)
                  AND request_conflict(r, viewer) IS NULL
              ELSE tie.is_applicant OR tie.is_member OR tie.is_staff OR tie.is_contact END
    $$;
