-- The chain needs one order: writers wait for each other from here to their commit, so the audit is
-- the last thing that a transaction writes.
CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    DECLARE
        last record;
    BEGIN
        PERFORM pg_advisory_xact_lock(7239281);
        SELECT a.id, a.hash INTO last FROM audit a ORDER BY a.id DESC LIMIT 1;
        NEW.id := coalesce(last.id, 0) + 1;
        NEW.previous_hash := last.hash;
        NEW.hash := audit_row_hash(NEW.previous_hash, NEW);
        RETURN NEW;
    END $$;
