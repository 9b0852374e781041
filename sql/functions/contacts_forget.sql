-- The contacts of a request without a person: each whose key is among `emails` keeps its place and says that the
-- account was deleted.
CREATE OR REPLACE FUNCTION contacts_forget(contacts jsonb, emails text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
        SELECT coalesce(jsonb_object_agg(c.key, CASE
            WHEN contact_key(c.value) = ANY (emails)
            THEN '{"kind": "person", "given_name": "Compte", "family_name": "supprimé"}'::jsonb
            ELSE c.value END), '{}')
        FROM jsonb_each(contacts) c
    $$;
