-- $1 decision, $2 is staff
SELECT decision_json(d, $2::boolean)::text AS document FROM decision d WHERE d.id = $1::uuid
