-- Rolls up the next hour of calls, if one is due.
SELECT call_roll_next() AS rolled
