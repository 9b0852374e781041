-- The one product that the calling program is bound to; NULL: any, or no program.
CREATE OR REPLACE FUNCTION app_client_product() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.client_product', true), '') $$;
