-- Deletes everything that says who a person was or lets them in; where others named them, the name is removed.
-- Under the address of their account and those that they had before, unless another account has one now; an address that
-- waits for its confirmation may be somebody else's.
-- :exec (account uuid)
WITH person AS (
    SELECT a.id, known.keys,
           known.keys || lower(a.email) || ARRAY(SELECT lower(f.email) FROM account_former_email f
                                                 WHERE f.account_id = a.id AND f.email_key = ANY (known.keys)) AS emails
    FROM account a
    CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT k.email_key
                     FROM (SELECT a.email_key UNION SELECT f.email_key FROM account_former_email f
                           WHERE f.account_id = a.id) k
                     WHERE NOT EXISTS (SELECT FROM account o
                                       WHERE o.email_key = k.email_key AND o.id <> a.id AND o.state <> 'deleted')) AS keys) known
    WHERE a.id = $1::uuid
),
     patterns AS (  -- of events that name them
         SELECT jsonb_build_object('changes', jsonb_build_array(jsonb_build_object(side, address))) AS pattern
         FROM person p, unnest(ARRAY['new', 'former']) side, unnest(p.emails) address
         UNION ALL
         SELECT jsonb_build_object('fields', jsonb_build_object('contacts', jsonb_build_object(
                    contact, jsonb_build_object(member, address))))
         FROM person p, unnest(ARRAY['data_controller', 'data_protection_officer', 'business', 'technical']) contact,
              unnest(ARRAY['email', 'email_key']) member, unnest(p.emails) address
     ),
     told AS (
         SELECT e.request_id, array_agg(DISTINCT split_part(c.value ->> 'pointer', '/', 3))
                    FILTER (WHERE c.value IS NOT NULL) AS contacts
         FROM patterns q
         JOIN request_event e ON e.detail @> q.pattern
         CROSS JOIN person p
         LEFT JOIN jsonb_array_elements(e.detail -> 'changes') c
             ON c.value ->> 'pointer' SIMILAR TO '/contacts/%/email(\_key)?'
                AND (lower(c.value ->> 'new') = ANY (p.emails) OR lower(c.value ->> 'former') = ANY (p.emails))
         GROUP BY e.request_id
     ),
     history AS (
         UPDATE request_event e
         SET detail = event_forget(e.detail, coalesce(t.contacts, '{}'), p.emails)
         FROM told t, person p
         WHERE e.request_id = t.request_id AND (e.detail ? 'changes' OR e.detail ? 'fields')
     ),
     granted AS (
         INSERT INTO habilitation_gone_contact (habilitation_id, contact)
         SELECT h.id, c.key FROM person p, habilitation h, jsonb_each(h.snapshot #> '{fields,contacts}') c
         WHERE contact_key(c.value) = ANY (p.keys)
         ON CONFLICT ON CONSTRAINT habilitation_gone_contact_pk DO NOTHING
     ),
     sessions AS (DELETE FROM session WHERE account_id = $1::uuid),
     links AS (DELETE FROM link WHERE account_id = $1::uuid),
     addresses AS (DELETE FROM account_former_email WHERE account_id = $1::uuid),
     identities AS (DELETE FROM federated_identity WHERE account_id = $1::uuid),
     factors AS (DELETE FROM second_factor WHERE account_id = $1::uuid),
     exports AS (DELETE FROM export WHERE account_id = $1::uuid),
     resets AS (DELETE FROM second_factor_reset WHERE $1::uuid IN (account_id, asked_by)),
     codes AS (DELETE FROM recovery_code WHERE account_id = $1::uuid),
     roles AS (DELETE FROM staff_role WHERE account_id = $1::uuid),
     reports AS (DELETE FROM membership_report WHERE reported_by = $1::uuid
                    OR membership_id IN (SELECT m.id FROM membership m WHERE m.account_id = $1::uuid)),
     programs AS (DELETE FROM client_person WHERE account_id = $1::uuid),
     webhooks AS (DELETE FROM webhook WHERE account_id = $1::uuid AND client_id IS NULL),
     filters AS (DELETE FROM saved_filter f USING person p
                 WHERE f.account_id = p.id OR lower(f.query ->> 'q') = ANY (p.emails)),
     mails AS (DELETE FROM outbox o USING person p WHERE o.account_id = p.id OR lower(o.recipient) = ANY (p.emails)),
     jobs AS (DELETE FROM job j USING person p WHERE j.payload ->> 'email_key' = ANY (p.keys)),
     shares AS (
         UPDATE token_share s SET email = 'compte-supprime-' || p.id || '@invalid'
         FROM person p WHERE lower(s.email) = ANY (p.emails)
     ),
     files AS (
         UPDATE request r
         SET fields = jsonb_set(r.fields, '{contacts}', contacts_forget(coalesce(r.fields -> 'contacts', '{}'), p.emails)),
             contact_emails = ARRAY(SELECT unnest(r.contact_emails) EXCEPT SELECT unnest(p.keys)), version = r.version + 1
         FROM person p WHERE r.named_keys && p.keys
     )
UPDATE membership SET state = 'left', reason = NULL, reported_at = NULL, version = version + 1, updated_at = now()
WHERE account_id = $1::uuid
