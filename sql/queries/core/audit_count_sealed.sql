-- How many seals there are up to a place, each with every row of its number: as many as places, unless somebody dropped
-- what keeps places and numbers unique.
-- :one (until int8) -> seals int8
SELECT count(*) AS seals FROM audit_seal s LEFT JOIN audit a ON a.id = s.audit_id WHERE s.place <= $1::bigint
