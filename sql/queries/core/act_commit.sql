-- Writes what an act leaves behind, all of it in one statement: mails, webhook event, kept answer of its
-- idempotency key, audit entries in their order.
-- :exec (
--     mails jsonb?,            -- [{id, template, recipient, account_id, sealed}]
--     events jsonb?,           -- [{event, request_id}], each with the request as it is now
--     audits jsonb,            -- [{actor_kind, actor_id, action, subject_type, …, nonce, tag}]
--     key_actor text?,         -- NULL without Idempotency-Key
--     key_path text?,
--     key_text text?,
--     key_body_hash bytea?,
--     status int4?,
--     content_type text?,
--     body text?,              -- sealed
--     headers jsonb?)          -- [{name, value}]
WITH mail AS (
    INSERT INTO outbox (id, state, template, recipient, account_id, sealed)
    SELECT m.id, 'sealed', m.template, m.recipient, m.account_id, m.sealed
    FROM jsonb_to_recordset(coalesce($1::jsonb, '[]')) AS m (id uuid, template text, recipient text, account_id uuid,
                                                             sealed text)
), heard AS (
    INSERT INTO webhook_event (id, event, product, siret, is_private, body)
    SELECT e.id, e.event, r.product, r.siret, r.first_submitted_at IS NULL, webhook_event_body(e.id, e.event, r)
    FROM (
        SELECT gen_random_uuid() AS id, x.event, x.request_id
        FROM jsonb_to_recordset(coalesce($2::jsonb, '[]')) AS x (event text, request_id uuid)
    ) AS e
    JOIN request r ON r.id = e.request_id
), kept AS (
    INSERT INTO idempotency_key (actor_id, path, key, body_hash, state, status, content_type, body, headers)
    SELECT $4::text, $5::text, $6::text, $7::bytea, 'done', $8::int4, $9::text, $10::text, $11::jsonb
    WHERE $6::text IS NOT NULL
)
INSERT INTO audit (actor_kind, actor_id, action, subject_type, subject_id, product, siret, detail, address, request_id,
                   nonce, tag)
SELECT a.actor_kind, a.actor_id, a.action, a.subject_type, a.subject_id, a.product, a.siret,
       coalesce(a.detail, '{}'), a.address, a.request_id, a.nonce, decode(a.tag, 'hex')
FROM ROWS FROM (jsonb_to_recordset($3::jsonb) AS (
        actor_kind text, actor_id uuid, action text, subject_type text, subject_id text, product text, siret text,
        detail jsonb, address text, request_id uuid, nonce uuid, tag text))
    WITH ORDINALITY AS a (actor_kind, actor_id, action, subject_type, subject_id, product, siret, detail, address,
                          request_id, nonce, tag, place)
ORDER BY a.place
