-- One cell of a CSV file (RFC 4180). No piece of it begins a formula, whichever of comma, semicolon, tab and line
-- break a spreadsheet cuts the file at, quotes or not: an apostrophe stands before each sign that would begin one.
-- Before that sign a spreadsheet passes over quotes, blanks and characters without width. `value` is read several times:
-- pass what is cheap to read.
CREATE OR REPLACE FUNCTION csv_cell(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT CASE
            WHEN value IS NULL THEN ''
            WHEN value ~ '[-=+@\uFF0D\uFF1D\uFF0B\uFF20\uFE63\uFE66\uFE62\uFE6B\u2212\t\r\n]'
                 AND value ~ '(^|[,;\t\r\n\v\f\u0085\u2028\u2029])["\s\u00A0\u200B-\u200F\u202A-\u202F\u2060-\u2069\uFEFF]*[-=+@\uFF0D\uFF1D\uFF0B\uFF20\uFE63\uFE66\uFE62\uFE6B\u2212]|^[\t\r\n]'
            THEN '"' || replace(regexp_replace(regexp_replace(value,
                '(^|[,;\t\r\n\v\f\u0085\u2028\u2029])(["\s\u00A0\u200B-\u200F\u202A-\u202F\u2060-\u2069\uFEFF]*)([-=+@\uFF0D\uFF1D\uFF0B\uFF20\uFE63\uFE66\uFE62\uFE6B\u2212])',
                '\1\2''\3', 'g'), '^(?=[\t\r\n])', ''''), '"', '""') || '"'
            WHEN value ~ '[",;\t\r\n]' THEN '"' || replace(value, '"', '""') || '"'
            ELSE value END
    $$;
