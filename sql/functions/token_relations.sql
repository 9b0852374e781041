-- What a person is to a token, by these columns. Staff whom its request serves read, and no more: see
-- request_conflict. Who judged the request is staff to its token and nothing else, whatever they became afterwards.
CREATE OR REPLACE FUNCTION token_relations(asked_request uuid, asked_habilitation uuid, asked_product text,
                                           asked_siret text, person uuid) RETURNS text[]
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN (SELECT coalesce(array_agg(found.relation), '{}')
                FROM account a
                CROSS JOIN LATERAL (
                    SELECT EXISTS (SELECT FROM decision d
                                   WHERE d.request_id = asked_request AND a.id IN (d.decided_by, d.proposed_by)
                                     AND d.former_system IS NULL
                                     -- an import has nobody else to name as who decided
                                     AND NOT EXISTS (SELECT FROM habilitation h
                                                     WHERE h.request_id = asked_request AND h.decision_id = d.id AND h.applicant_id = a.id)) AS is_judge) judge
                CROSS JOIN LATERAL (
                    SELECT 'applicant' AS relation FROM request r
                    WHERE NOT judge.is_judge AND r.id = asked_request AND r.applicant_id = a.id AND r.siret = ANY (applicant_sirets(a.id))
                    UNION ALL
                    SELECT contact.relation
                    FROM habilitation h CROSS JOIN LATERAL
                         (VALUES (h.business_key, 'business'), (h.technical_key, 'technical')) contact (key, relation)
                    WHERE NOT judge.is_judge AND h.id = asked_habilitation AND contact.key = a.email_key
                      AND asked_siret <> ALL (excluded_sirets(a.id))
                    UNION ALL
                    SELECT 'member' FROM membership m
                    WHERE m.account_id = a.id AND m.siret = asked_siret AND m.state = 'active'
                    UNION ALL
                    SELECT CASE WHEN s.role IN ('instructor', 'manager')
                                     AND (SELECT request_conflict(r, a.id) FROM request r WHERE r.id = asked_request) IS NOT NULL
                                THEN 'reporter' ELSE s.role END
                    FROM staff_roles() s
                    WHERE s.account_id = a.id AND app_client_siret() IS NULL
                      AND (s.product = asked_product OR s.role = 'admin')) found
                WHERE a.id = person AND account_is_active(a)
                  AND coalesce(app_client_siret() = asked_siret, true)
                  AND coalesce(app_client_product() = asked_product, true));
    END
    $$;
