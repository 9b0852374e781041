-- The organisations for which a person may act as applicant, now: the one rule by which an applicant has power over
-- requests and tokens. Who was refused, has left, or whose membership or account is
-- suspended acts for none. Names its schema: policies call it,
-- see app_account_emails.
CREATE OR REPLACE FUNCTION applicant_sirets(person uuid) RETURNS text[]
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        RETURN ARRAY(SELECT m.siret FROM public.membership m JOIN public.account a ON a.id = m.account_id
                     WHERE m.account_id = person AND m.state IN ('active', 'external') AND public.account_is_active(a));
    END
    $$;
