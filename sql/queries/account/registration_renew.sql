-- Gives a registration a link, in place of the former one. No row is affected where it has ended.
-- :affected (registration uuid, secret_hash bytea, lives_s int4)
WITH former AS (SELECT r.id, r.secret_hash FROM registration r WHERE r.id = $1::uuid FOR UPDATE),
     spent AS (
         INSERT INTO spent_link (secret_hash, kind, ending, replaced_by)
         SELECT secret_hash, 'activation', 'replaced', $2 FROM former WHERE secret_hash IS NOT NULL
     )
UPDATE registration r SET secret_hash = $2, expires_at = now() + $3::int * interval '1 second'
FROM former f WHERE r.id = f.id
