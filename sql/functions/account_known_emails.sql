-- Every address by which a person may be named, each as contacts write it and as its key: theirs now, those that they had
-- before, and one that waits for its confirmation. Says whom something concerns and never gives a right: an address of
-- before may be somebody else's now, and one that waits may never have been theirs.
CREATE OR REPLACE FUNCTION account_known_emails(person uuid) RETURNS text[]
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN ARRAY(SELECT address FROM (
                         SELECT a.email, a.email_key FROM account a WHERE a.id = person
                         UNION ALL
                         SELECT f.email, f.email_key FROM account_former_email f WHERE f.account_id = person
                         UNION ALL
                         SELECT l.payload ->> 'email', l.payload ->> 'email_key' FROM link l
                         WHERE l.account_id = person AND l.kind = 'email_change' AND l.used_at IS NULL AND l.expires_at > now()) known,
                     LATERAL unnest(ARRAY[lower(known.email), known.email_key]) address);
    END
    $$;
