-- Decides how a message is mailed: at once where no mail of this conversation left in the last hour, else together
-- with what else is said until that hour is over.
-- :one (request uuid,
--       as_staff bool)         -- who writes
--     -> conversation_turn (
--     is_now bool,
--     is_planned bool,         -- by this message: a job is to be added
--     in_s int8)               -- when it is due
INSERT INTO conversation AS c (request_id, as_staff) VALUES ($1::uuid, $2::boolean)
ON CONFLICT ON CONSTRAINT conversation_pk DO UPDATE
SET (mailed_at, due_at, planned_at) = (
    SELECT CASE WHEN f.is_free THEN now() ELSE c.mailed_at END,
           CASE WHEN f.is_free THEN NULL ELSE coalesce(c.due_at, c.mailed_at + interval '1 hour') END,
           CASE WHEN NOT f.is_free AND c.due_at IS NULL THEN now() ELSE c.planned_at END
    FROM (SELECT c.due_at IS NULL AND c.mailed_at NOT BETWEEN now() - interval '1 hour' AND now() + interval '1 minute'
                 AS is_free) f)
RETURNING c.due_at IS NULL AS is_now, c.due_at IS NOT NULL AND c.planned_at = now() AS is_planned,
          greatest(coalesce(ceil(extract(epoch FROM c.due_at - now()))::bigint, 0), 0) AS in_s
