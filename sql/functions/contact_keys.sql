-- The keys of all contacts, each once.
CREATE OR REPLACE FUNCTION contact_keys(contacts jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT ARRAY(SELECT DISTINCT contact_key(c.value) FROM jsonb_each(coalesce(contacts, '{}')) c
                     WHERE contact_key(c.value) IS NOT NULL)
    $$;
