-- Takes up to $3 calls of a window of 60 seconds that begins with its first call. $1 token, $2 limit,
-- $4 calls that a window allows, $5 the least step. Near the end less is given, so that instances
-- share what is left; `granted` is 0 once the window is used up. One that begins a minute ahead is
-- over too: the clock was set back. The clock is read once: two readings could lie on both sides of an end.
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
