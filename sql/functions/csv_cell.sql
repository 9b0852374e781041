-- A carriage return before a formula hides it from whoever looks at the first character alone.
CREATE OR REPLACE FUNCTION csv_cell(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT CASE
            WHEN value IS NULL THEN ''
            WHEN value ~ '[",\r\n]' OR value ~ '^[-=+@\t]'
            THEN '"' || CASE WHEN value ~ '^[-=+@\t\r\n]' THEN '''' ELSE '' END
                     || replace(value, '"', '""') || '"'
            ELSE value END
    $$;
