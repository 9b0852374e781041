-- Every instance of the gateway refreshes its copy of the row at once.
CREATE OR REPLACE FUNCTION token_notify() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM pg_notify('token', NEW.id::text);
        NEW.changed_at := clock_timestamp();
        NEW.change_number := nextval('token_change_seq');
        RETURN NEW;
    END $$;
