-- True for the program itself: worker, gateway, log-in.
CREATE OR REPLACE FUNCTION app_is_system() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('app.is_system', true), 'off') = 'on' $$;
