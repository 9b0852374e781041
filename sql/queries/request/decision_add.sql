-- $1 request, $2 outcome, $3 reason, $4 message, $5 granted scopes (JSON) or NULL, $6 refused scopes
-- (JSON) or NULL, $7 who
INSERT INTO decision (request_id, outcome, reason, message, granted_scopes, refused_scopes, decided_by,
                      request_version, submitted_at)
SELECT r.id, $2, $3, $4, CASE WHEN $5::jsonb IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text($5::jsonb)) END,
       CASE WHEN $6::jsonb IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text($6::jsonb)) END,
       $7::uuid, r.version, CASE WHEN r.state = 'submitted' THEN r.submitted_at END
FROM request r WHERE r.id = $1::uuid
RETURNING id
