-- Trigger: the creator of a program is its first responsible person.
CREATE OR REPLACE FUNCTION client_add_maker() RETURNS trigger
    LANGUAGE plpgsql
    SET app.is_system = 'on'
    AS $$
    BEGIN
        INSERT INTO client_person (client_id, account_id, accepted_at) VALUES (NEW.id, NEW.account_id, now());
        RETURN NULL;
    END $$;
