-- Takes up to `wanted` calls of a window of 60 seconds that begins with its first call. Near the end it grants
-- less, at least `least` while that many are left, so that instances share the rest. A window that begins a
-- minute ahead has ended too: the clock was set back. The clock is read once: two readings could fall on both
-- sides of an end.
-- :one (token uuid, limit_key text, wanted int8, per_minute int8, least int8) -> rate_window_grant (
--     used int8,        -- granted in this window to all instances, `granted` included
--     granted int8,     -- 0: the window is used up
--     reset_at_s int8,  -- since 1970
--     left_ms int8)     -- until the window ends
INSERT INTO rate_window AS w (token_id, limit_key, started_at, used, granted)
VALUES ($1::uuid, $2, clock_timestamp(), least($3::bigint, $4::bigint), least($3::bigint, $4::bigint))
ON CONFLICT (token_id, limit_key) DO UPDATE SET
    started_at = CASE WHEN abs(extract(epoch FROM excluded.started_at - w.started_at)) >= 60
                      THEN excluded.started_at ELSE w.started_at END,
    granted = CASE WHEN abs(extract(epoch FROM excluded.started_at - w.started_at)) >= 60
                   THEN least($3::bigint, $4::bigint)
                   ELSE greatest(0, least($3::bigint, $4::bigint - w.used,
                                          greatest($5::bigint, ($4::bigint - w.used) / 4))) END,
    used = CASE WHEN abs(extract(epoch FROM excluded.started_at - w.started_at)) >= 60
                THEN least($3::bigint, $4::bigint)
                ELSE w.used + greatest(0, least($3::bigint, $4::bigint - w.used,
                                                greatest($5::bigint, ($4::bigint - w.used) / 4))) END
RETURNING used, granted,
    ceil(extract(epoch FROM started_at + interval '60 seconds'))::bigint AS reset_at_s,
    greatest(0, ceil(extract(epoch FROM started_at + interval '60 seconds' - clock_timestamp()) * 1000))::bigint AS left_ms
