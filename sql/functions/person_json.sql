-- A person in a document: id, names, e-mail; the names of a deleted account are gone.
CREATE OR REPLACE FUNCTION person_json(person uuid) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT account_json(a) FROM account a WHERE a.id = person $$;
