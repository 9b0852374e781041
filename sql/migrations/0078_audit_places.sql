-- Places of the audit without gaps, so that who reads it sees that no line is missing: the next one after
-- the last, under the lock that orders the chain. A sequence left a gap at each line.
ALTER TABLE audit ALTER COLUMN id DROP IDENTITY;
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
