-- Trigger: numbers a row of the audit and lets it wait for its seal. The number says nothing about the order, which
-- audit_seal gives: writers do not wait for each other.
CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        NEW.id := nextval('audit_id_seq');
        NEW.hash := NULL;
        NEW.previous_hash := NULL;
        INSERT INTO audit_unsealed (audit_id) VALUES (NEW.id);
        RETURN NEW;
    END $$;
