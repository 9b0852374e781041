-- Grants a role. Without a row: the person has it already.
-- :opt (account uuid, role text, product text?,
--       granted_by uuid?)      -- NULL: the program itself
--     -> document text
INSERT INTO staff_role (account_id, role, product, granted_by) VALUES ($1::uuid, $2, $3, $4::uuid)
ON CONFLICT DO NOTHING
RETURNING json_build_object('account', person_json(account_id), 'role', role, 'product', product,
                            'granted_by', person_json(granted_by), 'granted_at', api_time(granted_at))::text AS document
