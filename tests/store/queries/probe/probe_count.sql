-- The numbers from one on.
-- :many (most int4) -> number int8
SELECT generate_series(1, $1::int)::int8 AS number
