-- The organisations that a person was kept out of, or has left: nothing that concerns them is theirs to see or to do, not
-- even as a named contact. A contact who works elsewhere and once joined has a membership as external. Names its schema:
-- policies call it, see app_account_emails.
CREATE OR REPLACE FUNCTION excluded_sirets(person uuid) RETURNS text[]
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        RETURN ARRAY(SELECT m.siret FROM public.membership m
                     WHERE m.account_id = person AND m.state IN ('suspended', 'refused', 'left'));
    END
    $$;
