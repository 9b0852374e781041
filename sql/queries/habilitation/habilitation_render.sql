-- A habilitation as the contract shows it.
-- :one (habilitation uuid) -> document text
SELECT (habilitation_summary(h) || jsonb_build_object(
        'version', 1,
        'revoked_at', CASE WHEN habilitation_state(h) = 'revoked'
                           THEN (SELECT api_time(max(d.at)) FROM decision d
                                 WHERE d.request_id = h.request_id AND d.outcome = 'revoke') END,
        'confirmation_code', h.confirmation_code,
        'content', fields_document(h.snapshot -> 'fields') || jsonb_build_object(
            'terms_version', h.snapshot ->> 'terms_version', 'form_version', h.form_version),
        'attachments', coalesce((SELECT jsonb_agg(attachment_json(a) ORDER BY a.created_at, a.id)
                                 FROM habilitation_attachment l JOIN attachment a ON a.id = l.attachment_id
                                 WHERE l.habilitation_id = h.id), '[]')))::text AS document
FROM habilitation h WHERE h.id = $1::uuid
