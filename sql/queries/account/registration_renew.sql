-- Gives a registration a link, in place of the former one. No row is affected where it has ended.
-- :affected (registration uuid, secret_hash bytea, lives_s int4)
UPDATE registration SET secret_hash = $2, expires_at = now() + $3::int * interval '1 second' WHERE id = $1::uuid
