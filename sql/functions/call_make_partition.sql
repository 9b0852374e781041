-- Makes the partition of one day of calls, where there is none.
CREATE OR REPLACE FUNCTION call_make_partition(day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
    AS $$
    DECLARE
        name text := 'call_' || to_char(day, 'YYYYMMDD');
    BEGIN
        IF day NOT BETWEEN current_date - 31 AND current_date + 31 THEN
            RAISE EXCEPTION 'day out of bounds' USING ERRCODE = '22003';
        END IF;
        IF to_regclass(name) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF call FOR VALUES FROM (%L) TO (%L)', name,
                           day::timestamptz, (day + 1)::timestamptz);
        END IF;
    END $$;
