-- What a contact finds a request by: what its summary shows them.
CREATE OR REPLACE FUNCTION request_search_of_contact(r request) RETURNS text
    LANGUAGE sql STABLE
    AS $$
        SELECT search_key(concat_ws(' ', 'D' || r.number, r.siret, fields_in_force(r) ->> 'title',
                                    (SELECT o.name FROM organisation o WHERE o.siret = r.siret)))
    $$;
