-- Keeps the derived columns. The contacts in force change with an approval alone, or where a person is forgotten
-- (account_forget); before any approval they are those that were typed.
CREATE OR REPLACE FUNCTION request_derive() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    DECLARE
        typed jsonb := coalesce(NEW.fields -> 'contacts', '{}');
    BEGIN
        IF TG_OP = 'INSERT' OR NEW.habilitation_id IS NULL OR NEW.habilitation_id IS DISTINCT FROM OLD.habilitation_id THEN
            NEW.contact_emails := contact_keys(fields_in_force(NEW) -> 'contacts');
        END IF;
        NEW.named_keys := ARRAY(SELECT unnest(NEW.contact_emails) UNION SELECT unnest(contact_keys(typed))
                                UNION SELECT c.value ->> 'phone_key' FROM jsonb_each(typed) c WHERE c.value ? 'phone_key');
        NEW.search := search_key(concat_ws(' ', 'D' || NEW.number, NEW.siret, NEW.fields ->> 'title',
            (SELECT concat_ws(' ', f.system, f.number, f.habilitation_number) FROM former_request f
             WHERE f.request_id = NEW.id),
            (SELECT o.name FROM organisation o WHERE o.siret = NEW.siret),
            (SELECT concat_ws(' ', a.given_name, a.family_name, a.email, a.email_key) FROM account a
             WHERE a.id = NEW.applicant_id),
            (SELECT string_agg(concat_ws(' ', c.value ->> 'given_name', c.value ->> 'family_name',
                                         c.value ->> 'email'), ' ')
             FROM jsonb_each(typed) c)));
        RETURN NEW;
    END $$;
