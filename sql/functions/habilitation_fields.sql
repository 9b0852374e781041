-- The form as it was granted, for what is done with it today (mails, a reopening that is cancelled): contacts whose account
-- was deleted since keep their place without a name, as in contacts_forget. The snapshot itself says what it said.
CREATE OR REPLACE FUNCTION habilitation_fields(h habilitation) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
        SELECT CASE WHEN gone.contacts IS NULL THEN h.snapshot -> 'fields'
               ELSE jsonb_set(h.snapshot -> 'fields', '{contacts}', contacts_forget(h.snapshot #> '{fields,contacts}', gone.emails)) END
        FROM (SELECT array_agg(g.contact) AS contacts,
                     array_agg(contact_key(h.snapshot #> ARRAY['fields', 'contacts', g.contact])) AS emails
              FROM habilitation_gone_contact g WHERE g.habilitation_id = h.id) gone
    $$;
