-- Marks the messages up to this one as read; never backwards. Writes nothing where the message is not one of
-- the request.
-- :affected (request uuid, account uuid, message uuid)
INSERT INTO message_read AS d (request_id, account_id, read_until)
SELECT m.request_id, $2::uuid, m.at FROM message m WHERE m.request_id = $1::uuid AND m.id = $3::uuid
ON CONFLICT ON CONSTRAINT message_read_pk DO UPDATE
    SET read_until = greatest(d.read_until, excluded.read_until),
        read_at = CASE WHEN excluded.read_until > d.read_until THEN now() ELSE d.read_at END
