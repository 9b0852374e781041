-- Whether a person may answer for the programs of an organisation, or of a product, now: an active member, or staff
-- of the product whose role counts. External members and administrators of the
-- platform may not.
CREATE OR REPLACE FUNCTION may_answer_for(asked_siret text, asked_product text, person uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN EXISTS (SELECT FROM account a WHERE a.id = person AND account_is_active(a))
               AND CASE WHEN asked_siret IS NOT NULL
                        THEN EXISTS (SELECT FROM membership m WHERE m.account_id = person
                                       AND m.siret = asked_siret AND m.state = 'active')
                        ELSE EXISTS (SELECT FROM staff_roles() r WHERE r.account_id = person AND r.product = asked_product)
                   END;
    END
    $$;
