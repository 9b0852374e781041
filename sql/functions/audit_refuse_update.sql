-- Trigger: of an audit row that is sealed, the address alone may be forgotten; its seal covers a mac in place of it.
CREATE OR REPLACE FUNCTION audit_refuse_update() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    DECLARE
        forgotten audit := OLD;
    BEGIN
        forgotten.address := NULL;
        IF NEW IS DISTINCT FROM forgotten OR NOT EXISTS (SELECT FROM audit_seal s WHERE s.audit_id = OLD.id) THEN
            RAISE EXCEPTION 'audit is append-only' USING ERRCODE = '42501';
        END IF;
        RETURN NEW;
    END $$;
