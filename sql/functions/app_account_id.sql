-- Who asks, set by the program at the start of each transaction (SET LOCAL).
CREATE OR REPLACE FUNCTION app_account_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.account_id', true), '')::uuid $$;
