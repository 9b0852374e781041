-- Whether an account is found by words of its names or e-mail, each of which occurs, or by the key of an address. It becomes
-- part of the statement, whose index it is written for (account_words_trgm_idx).
CREATE OR REPLACE FUNCTION account_is_named(a account, words text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT a.email_key = words
               OR (search_key(a.given_name || ' ' || a.family_name || ' ' || a.email) LIKE search_longest(words)
                   AND search_key(a.given_name || ' ' || a.family_name || ' ' || a.email) LIKE ALL (search_patterns(words)))
    $$;
