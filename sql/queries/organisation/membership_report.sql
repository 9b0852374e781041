-- Keeps that a member does not know this one.
-- :exec (membership uuid, account uuid, comment text?)
WITH kept AS (
    INSERT INTO membership_report (membership_id, reported_by, comment) VALUES ($1::uuid, $2::uuid, $3)
    ON CONFLICT (membership_id, reported_by) DO UPDATE SET comment = excluded.comment, at = now())
UPDATE membership SET reported_at = coalesce(reported_at, now()), version = version + 1, updated_at = now()
WHERE id = $1::uuid
