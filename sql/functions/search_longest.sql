-- The longest pattern of search_patterns, which a trigram index finds best.
CREATE OR REPLACE FUNCTION search_longest(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT p FROM unnest(search_patterns(words)) p ORDER BY length(p) DESC LIMIT 1 $$;
