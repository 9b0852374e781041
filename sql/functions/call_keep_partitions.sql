-- The application's role may not create tables: this does it for the days that are needed. The name
-- of a partition is its day.
CREATE OR REPLACE FUNCTION call_keep_partitions(days_kept int) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
    AS $$
    DECLARE
        day date;
        partition text;
    BEGIN
        IF days_kept NOT BETWEEN 2 AND 30 THEN
            RAISE EXCEPTION 'days kept out of bounds' USING ERRCODE = '22003';
        END IF;
        PERFORM pg_advisory_xact_lock(7239283);
        FOR day IN SELECT d::date FROM generate_series(current_date - 2, current_date + 3, interval '1 day') d LOOP
            PERFORM call_make_partition(day);
        END LOOP;
        FOR partition IN
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'call'::regclass
              AND c.relname < 'call_' || to_char(current_date - days_kept, 'YYYYMMDD') LOOP
            EXECUTE format('DROP TABLE %I', partition);
        END LOOP;
    END $$;
