-- What a person is to a program: responsible, asked (to be responsible), or colleague, who sees it and may take it over
-- once nobody answers for it; NULL for everybody else, a responsible person included who may not answer for it now.
CREATE OR REPLACE FUNCTION client_relation(asked_client uuid, asked_siret text, asked_product text, person uuid) RETURNS text
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN CASE WHEN may_answer_for(asked_siret, asked_product, person)
                    THEN coalesce((SELECT CASE WHEN p.accepted_at IS NULL THEN 'asked' ELSE 'responsible' END
                                   FROM client_person p WHERE p.client_id = asked_client AND p.account_id = person),
                                  'colleague') END;
    END
    $$;
