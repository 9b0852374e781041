-- $1 token, $2 addresses and blocks (JSON array)
UPDATE token
SET allowed_ips = ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::cidr), version = version + 1
WHERE id = $1::uuid
