-- Everything that the printed document says.
-- :one (habilitation uuid) -> habilitation_print (
--     number text,             -- "H45"
--     request_number text,     -- "D12"
--     siret text,
--     confirmation_code text,
--     is_active bool,
--     approved_on text,        -- day in Paris
--     printed_on text,         -- today in Paris
--     snapshot text,           -- JSON: {fields, terms_version, organisation, applicant}
--     scopes text,             -- JSON array
--     refused_scopes text,     -- JSON array
--     reason text?,
--     message text?,
--     files text)              -- JSON array of names
SELECT 'H' || h.number AS number, 'D' || (h.snapshot ->> 'number') AS request_number, h.siret, h.confirmation_code,
       habilitation_state(h) = 'active' AS is_active,
       paris_day(h.approved_at) AS approved_on,
       paris_day(now()) AS printed_on,
       h.snapshot::text AS snapshot, to_json(h.scopes)::text AS scopes,
       to_json(coalesce(d.refused_scopes, '{}'))::text AS refused_scopes, d.reason, d.message,
       (SELECT coalesce(json_agg(a.file_name ORDER BY a.created_at, a.id), '[]')::text
        FROM habilitation_attachment l JOIN attachment a ON a.id = l.attachment_id
        WHERE l.habilitation_id = h.id) AS files
FROM habilitation h JOIN decision d ON d.id = h.decision_id
WHERE h.id = $1::uuid
