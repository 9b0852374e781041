-- Trigger: the names of an applicant are kept in the search text of their requests, and leave it with them.
CREATE OR REPLACE FUNCTION account_renamed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE request SET search = '' WHERE applicant_id = NEW.id; RETURN NULL; END $$;
