-- One LIKE pattern for each word, in which what people type stands for itself. None for no words.
CREATE OR REPLACE FUNCTION search_patterns(words text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$
        SELECT ARRAY(SELECT '%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%'
                     FROM regexp_split_to_table(search_key(words), '\s+') w
                     WHERE w <> '')
    $$;
