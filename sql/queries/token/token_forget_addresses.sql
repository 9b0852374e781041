-- Retention: from where a string was seen, and to whom a link was sent that is over.
-- :exec (months int4)
WITH shares AS (
    DELETE FROM token_share WHERE expires_at < now() - make_interval(months => $1::int)
)
UPDATE token_reveal SET address = NULL
WHERE address IS NOT NULL AND at < now() - make_interval(months => $1::int)
