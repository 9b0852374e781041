-- The keys of every address by which a person may be named: theirs now, those that they had
-- before, and one that waits for its confirmation. Says whom something concerns and never gives a right: an address of
-- before may be somebody else's now, and one that waits may never have been theirs.
CREATE OR REPLACE FUNCTION account_known_emails(person uuid) RETURNS text[]
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN ARRAY(SELECT a.email_key FROM account a WHERE a.id = person
                     UNION ALL
                     SELECT f.email_key FROM account_former_email f WHERE f.account_id = person
                     UNION ALL
                     SELECT l.payload ->> 'email_key' FROM link l
                     WHERE l.account_id = person AND l.kind = 'email_change' AND l.used_at IS NULL AND l.expires_at > now());
    END
    $$;
