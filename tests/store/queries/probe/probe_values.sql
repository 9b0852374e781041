-- Gives back what it was given, a column of each kind of type.
-- :one (words text, whole int8, fraction float8, flag bool, octets bytea, list text[],
--       no_words text?, no_whole int8?, no_flag bool?)
--     -> probe_values (
--     words text,
--     whole int8,       -- a comment of a column
--     fraction float8,
--     flag bool,
--     octets bytea,
--     list text[],
--     no_words text?,
--     no_whole int8?,
--     no_flag bool?)
SELECT $1::text AS words, $2::int8 AS whole, $3::float8 AS fraction, $4::bool AS flag, $5::bytea AS octets,
       $6::text[] AS list, $7::text AS no_words, $8::int8 AS no_whole, $9::bool AS no_flag
