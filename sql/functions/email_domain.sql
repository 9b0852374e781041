-- The part behind the @, as it is compared: lower-case ASCII, see account.email_key.
CREATE OR REPLACE FUNCTION email_domain(email_key text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT split_part(email_key, '@', -1) $$;
