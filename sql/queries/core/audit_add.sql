-- $1 actor kind, $2 actor, $3 action, $4 subject type, $5 subject, $6 product, $7 siret, $8 detail, $9 address, $10 request id
INSERT INTO audit (actor_kind, actor_id, action, subject_type, subject_id, product, siret, detail, address, request_id, hash)
VALUES ($1, $2::uuid, $3, $4, $5, $6, $7, coalesce($8, '{}')::jsonb, $9, $10::uuid, '')
