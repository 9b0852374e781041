-- Partitions from $1 days ago to some days ahead exist afterwards, older ones are gone.
SELECT call_keep_partitions($1::int)
