-- The numbers among the words that begin with a letter: 17 for D17 and `D`. What has more digits is no number of ours.
CREATE OR REPLACE FUNCTION search_numbers(words text, letter text) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$
        SELECT ARRAY(SELECT substr(w, 2)::bigint
                     FROM regexp_split_to_table(upper(words), '\s+') w
                     WHERE w ~ ('^' || letter || '[0-9]{1,18}$'))
    $$;
