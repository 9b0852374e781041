-- Which of these contacts of an organisation's request are written to, and where: not those whose account is suspended, whom the
-- organisation keeps out or who left it; who was deleted has no address any more, see habilitation_fields.
CREATE OR REPLACE FUNCTION contacts_told(siret text, contacts jsonb) RETURNS TABLE (contact text, email text, account_id uuid)
    LANGUAGE sql STABLE ROWS 4
    SET app.is_system = 'on'
    AS $$
        SELECT c.key, c.value ->> 'email', a.id
        -- A form has fewer: so few are looked up one by one.
        FROM (SELECT e.key, e.value FROM jsonb_each(contacts) e LIMIT 20) c
        LEFT JOIN account a ON a.email_key = contact_key(c.value) AND a.state = 'active'
        WHERE c.value ->> 'email' <> '' AND (a.id IS NULL OR account_is_active(a) AND siret <> ALL (excluded_sirets(a.id)))
    $$;
