-- Counts what the files of an organisation take. The row of the organisation stays locked until the commit, so
-- that a reader after an upload sees what there is.
CREATE OR REPLACE FUNCTION attachment_count_storage() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE organisation_storage SET bytes = greatest(bytes - OLD.size_bytes, 0) WHERE siret = OLD.siret;
        RETURN OLD;
    END IF;
    SELECT r.siret INTO NEW.siret FROM request r WHERE r.id = NEW.request_id;
    INSERT INTO organisation_storage AS s (siret, bytes) VALUES (NEW.siret, NEW.size_bytes)
    ON CONFLICT ON CONSTRAINT organisation_storage_pk DO UPDATE SET bytes = s.bytes + excluded.bytes;
    RETURN NEW;
END $$;
