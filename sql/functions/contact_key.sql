-- How a contact's address is compared: by the key that the program wrote beside it (core/email.h, product/form.h). Files of
-- before have none; their addresses are compared in lower case.
CREATE OR REPLACE FUNCTION contact_key(contact jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT coalesce(contact ->> 'email_key', lower(contact ->> 'email')) $$;
