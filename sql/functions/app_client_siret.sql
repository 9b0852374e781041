-- What a program's access token is bound to: one organisation or one product; NULL for people.
CREATE OR REPLACE FUNCTION app_client_siret() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.client_siret', true), '') $$;
