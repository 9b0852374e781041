-- Whether a webhook is managed by this owner: the program that made it, a responsible person of that program, or, where
-- a person made it, that person alone.
CREATE OR REPLACE FUNCTION webhook_is_of(w webhook, owner uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        RETURN CASE WHEN w.client_id IS NULL THEN w.account_id = owner
                    ELSE w.client_id = owner
                         OR (SELECT client_relation(c.id, c.siret, c.product, owner) = 'responsible'
                             FROM client c WHERE c.id = w.client_id) END;
    END
    $$;
