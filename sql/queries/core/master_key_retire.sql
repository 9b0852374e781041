-- Nothing is sealed any more by another key than this one, unless a program was seen with it meanwhile.
-- :affected (id text, unseen_s int8)
DELETE FROM master_key WHERE id <> $1 AND seen_at < now() - make_interval(secs => $2::bigint)
