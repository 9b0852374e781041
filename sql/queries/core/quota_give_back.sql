-- Gives back an amount that was taken and not used.
-- :exec (key bytea, amount int8)
UPDATE quota SET used = greatest(used - $2::bigint, 0) WHERE key = $1::bytea
