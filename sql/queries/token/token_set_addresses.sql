-- The addresses from which the token may be used; an empty list for any.
-- :exec (token uuid, addresses jsonb)
UPDATE token
SET allowed_ips = ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::cidr), version = version + 1
WHERE id = $1::uuid
