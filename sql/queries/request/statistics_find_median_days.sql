-- $1 product or NULL
SELECT ceil(extract(epoch FROM median_wait($1)) / 86400)::text AS days
