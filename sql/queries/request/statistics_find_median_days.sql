-- How many days a decision took lately, rounded up; NULL where there was none.
-- :one (product text) -> days int8?
SELECT ceil(extract(epoch FROM median_wait($1)) / 86400)::bigint AS days
