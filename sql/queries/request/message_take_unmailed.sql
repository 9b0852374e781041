-- What one side said since the last mail, the earliest first, long messages cut. Each is taken once.
-- :many (request uuid, as_staff bool) -> message_unmailed (author_id uuid, author text, body text)
WITH taken AS (
    UPDATE message SET awaits_mail = false
    WHERE request_id = $1::uuid AND as_staff = $2::boolean AND awaits_mail
    RETURNING id, author_id, body, at
)
SELECT t.author_id, a.given_name || ' ' || a.family_name AS author,
       CASE WHEN length(t.body) > 1000 THEN left(t.body, 1000) || '…' ELSE t.body END AS body
FROM taken t JOIN account a ON a.id = t.author_id ORDER BY t.at, t.id
