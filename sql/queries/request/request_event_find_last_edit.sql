-- The latest entry of the history, where it is an edit by the same person: saves in a row are one entry.
-- :opt (request uuid, account uuid) -> request_edit (
--     id uuid,
--     detail text)  -- JSON
SELECT e.id, e.detail::text AS detail
FROM (SELECT * FROM request_event WHERE request_id = $1::uuid ORDER BY place DESC LIMIT 1) e
WHERE e.event = 'edit' AND e.actor_id = $2::uuid
