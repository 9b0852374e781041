-- Creates the partitions of the coming days and drops those of the days that are not kept any more.
-- :exec (days_kept int4)
SELECT call_keep_partitions($1::int)
