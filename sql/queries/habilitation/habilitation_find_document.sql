-- Everything that the document to be filed says. $1 habilitation
SELECT h.number, h.product, h.use_case, h.siret, h.confirmation_code, habilitation_state(h) AS state,
       to_char(h.approved_at AT TIME ZONE 'Europe/Paris', 'DD/MM/YYYY') AS approved_on,
       to_char(now() AT TIME ZONE 'Europe/Paris', 'DD/MM/YYYY') AS printed_on,
       h.snapshot::text AS snapshot, to_json(h.scopes)::text AS scopes,
       to_json(coalesce(d.refused_scopes, '{}'))::text AS refused_scopes, d.reason, d.message,
       h.snapshot ->> 'number' AS request_number,
       (SELECT coalesce(json_agg(a.file_name ORDER BY a.created_at, a.id), '[]')::text
        FROM habilitation_attachment l JOIN attachment a ON a.id = l.attachment_id
        WHERE l.habilitation_id = h.id) AS files
FROM habilitation h JOIN decision d ON d.id = h.decision_id
WHERE h.id = $1::uuid
