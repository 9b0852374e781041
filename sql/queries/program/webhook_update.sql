-- Changes a webhook; NULL leaves a column as it is. Switching it on clears the failure.
-- :exec (
--     webhook uuid,
--     url text?,
--     events jsonb?,           -- array of names
--     enabled bool?)
UPDATE webhook
SET url = coalesce($2, url),
    events = CASE WHEN $3::jsonb IS NULL THEN events ELSE ARRAY(SELECT jsonb_array_elements_text($3::jsonb)) END,
    enabled = coalesce($4::boolean, enabled),
    disabled_reason = CASE WHEN $4::boolean THEN NULL ELSE disabled_reason END,
    failing_since = CASE WHEN $4::boolean THEN NULL ELSE failing_since END,
    version = version + 1, updated_at = now()
WHERE id = $1::uuid
