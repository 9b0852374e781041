-- Retention: links that were used or expired a week ago, and after three months what became of them.
-- :exec ()
WITH forgotten AS (DELETE FROM spent_link WHERE at < now() - interval '90 days'),
     dead AS (
         DELETE FROM link WHERE expires_at < now() - interval '7 days' OR used_at < now() - interval '7 days'
         RETURNING secret_hash, kind, expires_at, used_at
     )
INSERT INTO spent_link (secret_hash, kind, ending, at)
SELECT secret_hash, kind, CASE WHEN used_at IS NULL THEN 'expired' ELSE 'used' END, coalesce(used_at, expires_at) FROM dead
ON CONFLICT ON CONSTRAINT spent_link_pk DO NOTHING
