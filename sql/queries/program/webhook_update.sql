-- $1 webhook, $2 url, $3 events (JSON), $4 enabled (each NULL: unchanged). Switched on again, it
-- begins anew.
UPDATE webhook
SET url = coalesce($2, url),
    events = CASE WHEN $3::jsonb IS NULL THEN events ELSE ARRAY(SELECT jsonb_array_elements_text($3::jsonb)) END,
    enabled = coalesce($4::boolean, enabled),
    disabled_reason = CASE WHEN $4::boolean THEN NULL ELSE disabled_reason END,
    failing_since = CASE WHEN $4::boolean THEN NULL ELSE failing_since END,
    version = version + 1, updated_at = now()
WHERE id = $1::uuid
