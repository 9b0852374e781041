-- Deletes everything that says who a person was or lets them in; where others named them, the name is removed.
-- :exec (
--     account uuid,
--     email text,              -- of the account
--     email_key text)          -- of the account
WITH person AS (
    -- By their key, and as they wrote it where no key stands beside.
    SELECT a.id, a.email_key, ARRAY[lower(a.email), a.email_key] AS emails FROM account a WHERE a.id = $1::uuid
),
     patterns AS (  -- of events that name them
         SELECT jsonb_build_object('changes', jsonb_build_array(jsonb_build_object(side, address))) AS pattern
         FROM unnest(ARRAY['new', 'former']) side, unnest(ARRAY[$2::text, $3::text]) address
         UNION ALL
         SELECT jsonb_build_object('fields', jsonb_build_object('contacts', jsonb_build_object(
                    contact, jsonb_build_object('email', address))))
         FROM unnest(ARRAY['data_controller', 'data_protection_officer', 'business', 'technical']) contact,
              unnest(ARRAY[$2::text, $3::text]) address
         UNION ALL
         SELECT jsonb_build_object('fields', jsonb_build_object('contacts', jsonb_build_object(
                    contact, jsonb_build_object('email_key', $3::text))))
         FROM unnest(ARRAY['data_controller', 'data_protection_officer', 'business', 'technical']) contact
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
         SELECT h.id, c.key FROM habilitation h, jsonb_each(h.snapshot #> '{fields,contacts}') c
         WHERE contact_key(c.value) = ANY (account_known_emails($1::uuid))
         ON CONFLICT ON CONSTRAINT habilitation_gone_contact_pk DO NOTHING
     ),
     sessions AS (DELETE FROM session WHERE account_id = $1::uuid),
     links AS (DELETE FROM link WHERE account_id = $1::uuid),
     addresses AS (DELETE FROM account_former_email WHERE account_id = $1::uuid),
     identities AS (DELETE FROM federated_identity WHERE account_id = $1::uuid),
     factors AS (DELETE FROM second_factor WHERE account_id = $1::uuid),
     exports AS (DELETE FROM export WHERE account_id = $1::uuid),
     resets AS (DELETE FROM second_factor_reset WHERE $1::uuid IN (account_id, asked_by)),
     takeovers AS (DELETE FROM request_takeover WHERE asked_by = $1::uuid),
     codes AS (DELETE FROM recovery_code WHERE account_id = $1::uuid),
     roles AS (DELETE FROM staff_role WHERE account_id = $1::uuid),
     reports AS (DELETE FROM membership_report WHERE reported_by = $1::uuid
                    OR membership_id IN (SELECT m.id FROM membership m WHERE m.account_id = $1::uuid)),
     programs AS (DELETE FROM client_person WHERE account_id = $1::uuid),
     webhooks AS (DELETE FROM webhook WHERE account_id = $1::uuid AND client_id IS NULL),
     filters AS (DELETE FROM saved_filter WHERE account_id = $1::uuid OR lower(query ->> 'q') IN (lower($2), $3)),
     mails AS (DELETE FROM outbox o USING person p WHERE o.account_id = p.id OR lower(o.recipient) = ANY (p.emails)),
     jobs AS (DELETE FROM job j USING person p WHERE j.payload ->> 'email_key' = p.email_key),
     shares AS (
         UPDATE token_share s SET email = 'compte-supprime-' || p.id || '@invalid'
         FROM person p WHERE lower(s.email) = ANY (p.emails)
     ),
     files AS (
         UPDATE request r
         SET fields = jsonb_set(r.fields, '{contacts}', contacts_forget(coalesce(r.fields -> 'contacts', '{}'), p.emails)),
             contact_emails = array_remove(r.contact_emails, p.email_key), version = r.version + 1
         FROM person p WHERE p.email_key = ANY (r.named_keys)
     )
UPDATE membership SET state = 'left', reason = NULL, reported_at = NULL, version = version + 1, updated_at = now()
WHERE account_id = $1::uuid
