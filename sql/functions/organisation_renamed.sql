-- Trigger: the name of an organisation is kept in the search text of its requests.
CREATE OR REPLACE FUNCTION organisation_renamed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE request SET search = '' WHERE siret = NEW.siret; RETURN NULL; END $$;
