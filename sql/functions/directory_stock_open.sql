-- How many rows of this very file are laid down already; -1 where it is complete.
CREATE OR REPLACE FUNCTION directory_stock_open(wanted_kind text, wanted_fingerprint text) RETURNS bigint
    LANGUAGE plpgsql AS $$
DECLARE
    known directory_stock;
    rows_read bigint;
BEGIN
    SELECT * INTO known FROM directory_stock WHERE kind = wanted_kind FOR UPDATE;
    IF known.fingerprint IS DISTINCT FROM wanted_fingerprint THEN
        INSERT INTO directory_stock (kind, fingerprint) VALUES (wanted_kind, wanted_fingerprint)
        ON CONFLICT (kind) DO UPDATE SET fingerprint = excluded.fingerprint, is_complete = false;
        IF wanted_kind = 'units' THEN
            TRUNCATE directory_stock_unit;
        ELSE
            TRUNCATE directory_stock_establishment;
        END IF;
        RETURN 0;
    END IF;
    IF known.is_complete THEN
        RETURN -1;
    END IF;
    IF wanted_kind = 'units' THEN
        SELECT coalesce(max(row_number), 0) INTO rows_read FROM directory_stock_unit;
    ELSE
        SELECT coalesce(max(row_number), 0) INTO rows_read FROM directory_stock_establishment;
    END IF;
    RETURN rows_read;
END $$;
