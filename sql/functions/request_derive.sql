-- Keeps the derived columns.
CREATE OR REPLACE FUNCTION request_derive() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        NEW.contact_emails := ARRAY(SELECT DISTINCT lower(c.value ->> 'email')
                                    FROM jsonb_each(coalesce(NEW.fields -> 'contacts', '{}')) c
                                    WHERE c.value ->> 'email' IS NOT NULL);
        NEW.search := search_key(concat_ws(' ', 'D' || NEW.number, NEW.siret, NEW.fields ->> 'title',
            (SELECT concat_ws(' ', f.system, f.number, f.habilitation_number) FROM former_request f
             WHERE f.request_id = NEW.id),
            (SELECT o.name FROM organisation o WHERE o.siret = NEW.siret),
            (SELECT concat_ws(' ', a.given_name, a.family_name, a.email) FROM account a
             WHERE a.id = NEW.applicant_id),
            (SELECT string_agg(concat_ws(' ', c.value ->> 'given_name', c.value ->> 'family_name',
                                         c.value ->> 'email'), ' ')
             FROM jsonb_each(coalesce(NEW.fields -> 'contacts', '{}')) c)));
        RETURN NEW;
    END $$;
