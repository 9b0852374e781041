-- The setting staff_second_factor of the program that asks: whether roles that decide need a second factor.
CREATE OR REPLACE FUNCTION app_staff_second_factor() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('app.staff_second_factor', true), 'off') = 'on' $$;
