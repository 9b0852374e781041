-- The calls of the gateway, their roll-ups, and the limits that its instances share.

-- Limits of the last minute: worthless after a crash, so not worth a write-ahead log.
CREATE UNLOGGED TABLE rate_window (
    token_id uuid NOT NULL,
    limit_key text NOT NULL,
    started_at timestamptz NOT NULL,
    used bigint NOT NULL,
    granted bigint NOT NULL,
    CONSTRAINT rate_window_pk PRIMARY KEY (token_id, limit_key)
) WITH (fillfactor = 50);
COMMENT ON COLUMN rate_window.used IS 'calls handed out to instances: spent, or held by one for its next calls';
COMMENT ON COLUMN rate_window.granted IS 'what the last statement handed out';
CREATE INDEX rate_window_started_at_idx ON rate_window (started_at);

-- One row a call. Partitioned by day: old days are dropped whole. No row-level security, since COPY
-- does not go with it: whoever reads joins `token`, which has it.
CREATE TABLE call (
    at timestamptz NOT NULL,
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY (CACHE 1000),
    token_id uuid NOT NULL,
    endpoint text,
    params text,
    context text,
    object text,
    recipient text,
    status smallint NOT NULL,
    error_code text,
    duration_us bigint NOT NULL,
    provider_us bigint,
    request_id text NOT NULL,
    address text
) PARTITION BY RANGE (at);
COMMENT ON COLUMN call.endpoint IS 'template of the path; null where no endpoint has the path';
COMMENT ON COLUMN call.params IS 'JSON object of texts: the parameters of path and query; null for none';
CREATE INDEX call_token_at_idx ON call (token_id, at, id);
CREATE INDEX call_request_id_idx ON call (request_id);

-- The application's role may not create tables: this does it for the days that are needed. The name
-- of a partition is its day.
CREATE FUNCTION call_keep_partitions(days_kept int) RETURNS void
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

CREATE FUNCTION call_make_partition(day date) RETURNS void
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
SELECT call_keep_partitions(30);
