-- A page of the accounts that words find, the newest first; one more than asked for says that others follow. Planned for each
-- call: which index is best depends on the words.
CREATE OR REPLACE FUNCTION accounts_found(words text, rows_max int, before_us bigint, before_id uuid) RETURNS SETOF account
    LANGUAGE plpgsql STABLE ROWS 20
    SET plan_cache_mode = force_custom_plan
    AS $$
    BEGIN
        RETURN QUERY
            SELECT a.* FROM account a
            WHERE a.state <> 'deleted' AND account_is_named(a, words)
              AND (before_us IS NULL
                   OR (a.created_at, a.id) < (timestamptz 'epoch' + before_us * interval '1 microsecond', before_id))
            ORDER BY a.created_at DESC, a.id DESC
            LIMIT rows_max + 1;
    END
    $$;
