-- The upper bound of a histogram slot, in milliseconds.
CREATE OR REPLACE FUNCTION usage_slot_ms(slot smallint) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT round((100 * power(1.1::float8, slot + 0.5) / 1000)::numeric, 2) $$;
