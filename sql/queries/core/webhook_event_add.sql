-- Adds a webhook event with the request as it is now; webhook_event_dispatch finds the webhooks that listen.
-- :exec (
--     event text,
--     request uuid)
INSERT INTO webhook_event (id, event, product, siret, is_private, body)
SELECT e.id, $1, r.product, r.siret, r.first_submitted_at IS NULL,
       json_build_object(
           'id', e.id, 'event', $1::text, 'at', api_time(now()), 'product', r.product, 'siret', r.siret,
           'data', json_build_object(
               'request_id', r.id, 'request_number', 'D' || r.number, 'request_state', r.state,
               'token_id', (SELECT t.id FROM token t WHERE t.request_id = r.id)))::text
FROM request r, (SELECT gen_random_uuid() AS id) e
WHERE r.id = $2::uuid
