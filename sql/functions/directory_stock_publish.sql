-- Makes the directory out of both files; readers see the former one until this commits.
CREATE OR REPLACE FUNCTION directory_stock_publish() RETURNS bigint
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
    INSERT INTO directory_publication (rows_count) VALUES (published)
    ON CONFLICT (is_only) DO UPDATE SET published_at = now(), rows_count = excluded.rows_count;
    TRUNCATE directory_stock_unit, directory_stock_establishment, directory_stock;
    RETURN published;
END $$;
