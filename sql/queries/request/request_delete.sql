-- Deletes a draft, and writes its webhook event beforehand: act_commit would find no request any more.
-- :exec (request uuid)
WITH heard AS (
    INSERT INTO webhook_event (id, event, product, siret, is_private, body)
    SELECT e.id, e.event, r.product, r.siret, r.first_submitted_at IS NULL, webhook_event_body(e.id, e.event, r)
    FROM request r, (SELECT gen_random_uuid() AS id, 'request.deleted' AS event) AS e
    WHERE r.id = $1::uuid
)
DELETE FROM request WHERE id = $1::uuid
