-- Where the Sirene stock files are laid before they become the directory. Unlogged: a crash of the
-- server empties all three together, and the import starts over.
CREATE UNLOGGED TABLE directory_stock (
    kind text CONSTRAINT directory_stock_pk PRIMARY KEY
        CONSTRAINT directory_stock_kind CHECK (kind IN ('units', 'establishments')),
    fingerprint text NOT NULL,
    is_complete boolean NOT NULL DEFAULT false
);
COMMENT ON COLUMN directory_stock.fingerprint IS 'name, size and time of the file: another file starts over';
CREATE UNLOGGED TABLE directory_stock_unit (
    row_number bigint NOT NULL,
    siren text NOT NULL,
    name text,
    legal_category text
);
CREATE UNLOGGED TABLE directory_stock_establishment (
    row_number bigint NOT NULL,
    siret text NOT NULL,
    sign text,
    street text,
    postal_code text,
    city text,
    open boolean NOT NULL
);

-- How many rows of this very file are laid down already; -1 where it is complete.
CREATE FUNCTION directory_stock_open(wanted_kind text, wanted_fingerprint text) RETURNS bigint
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

-- Makes the directory out of both files; readers see the former one until this commits.
CREATE FUNCTION directory_stock_publish() RETURNS bigint
    LANGUAGE plpgsql SET maintenance_work_mem = '512MB' SET work_mem = '256MB' AS $$
DECLARE
    published bigint;
BEGIN
    IF (SELECT count(*) FROM directory_stock WHERE is_complete) <> 2 THEN
        RAISE EXCEPTION 'both files are needed before the directory can be published';
    END IF;
    CREATE TABLE directory_next (LIKE directory_establishment INCLUDING DEFAULTS);
    INSERT INTO directory_next (siret, name, legal_category, street, postal_code, city, open)
    SELECT e.siret,
           CASE WHEN e.sign IS NULL OR e.sign = u.name THEN coalesce(u.name, 'Nom non diffusé')
                ELSE coalesce(u.name || ' (' || e.sign || ')', e.sign) END,
           u.legal_category, e.street, e.postal_code, e.city, e.open
    FROM directory_stock_establishment e
    LEFT JOIN directory_stock_unit u ON u.siren = left(e.siret, 9);
    GET DIAGNOSTICS published = ROW_COUNT;
    ALTER TABLE directory_next ADD CONSTRAINT directory_next_pk PRIMARY KEY (siret);
    CREATE INDEX directory_next_search_idx ON directory_next
        USING gin (search_key(name || ' ' || coalesce(city, '')) gin_trgm_ops);
    GRANT SELECT, INSERT, UPDATE, DELETE ON directory_next TO guichet_app;
    DROP TABLE directory_establishment;
    ALTER TABLE directory_next RENAME TO directory_establishment;
    ALTER TABLE directory_establishment RENAME CONSTRAINT directory_next_pk TO directory_establishment_pk;
    ALTER INDEX directory_next_search_idx RENAME TO directory_establishment_search_idx;
    TRUNCATE directory_stock_unit, directory_stock_establishment, directory_stock;
    RETURN published;
END $$;
