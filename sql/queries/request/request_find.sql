-- A request, and what ties the account to it.
-- :one (request uuid, account uuid?) -> request_row (
--     id uuid,
--     number int8,
--     product text,
--     use_case text,
--     siret text,
--     applicant_id uuid,
--     assignee_id uuid?,
--     habilitation_id uuid?,        -- NULL: never approved
--     state text,
--     is_reopened bool,
--     was_submitted bool,
--     version int4,
--     fields text,                  -- JSON
--     is_applicant bool,            -- and entitled to act as such
--     is_member bool,
--     is_contact bool,
--     conflict text?,               -- of somebody of the staff: see request_conflict
--     has_applicant bool,           -- its applicant, even if another one asks, is entitled to act
--     proposed_by uuid?,            -- of an approval that waits for a second instructor
--     takeover_by uuid?,            -- who asked to take it over and waits
--     organisation_state text,      -- open, closed, pending_directory
--     organisation_name text?,
--     legal_category text?,
--     applicant_email text,
--     applicant_given_name text,
--     applicant_family_name text)
SELECT r.id, r.number, r.product, r.use_case, r.siret, r.applicant_id, r.assignee_id,
       r.habilitation_id, r.state, r.reopened AS is_reopened, r.first_submitted_at IS NOT NULL AS was_submitted,
       r.version, r.fields::text AS fields,
       coalesce(r.applicant_id = $2::uuid AND r.siret = ANY (applicant_sirets($2::uuid)), false) AS is_applicant,
       coalesce(m.state = 'active', false) AS is_member,
       coalesce(me.email_key = ANY (r.contact_emails) AND r.siret <> ALL (excluded_sirets(me.id)), false) AS is_contact,
       CASE WHEN EXISTS (SELECT FROM staff_role s WHERE s.account_id = $2::uuid) THEN request_conflict(r, $2::uuid) END AS conflict,
       r.siret = ANY (applicant_sirets(r.applicant_id)) AS has_applicant, w.proposed_by, k.asked_by AS takeover_by,
       o.state AS organisation_state, o.name AS organisation_name, o.legal_category,
       p.email AS applicant_email, p.given_name AS applicant_given_name,
       p.family_name AS applicant_family_name
FROM request r
JOIN organisation o ON o.siret = r.siret
JOIN account p ON p.id = r.applicant_id
LEFT JOIN membership m ON m.account_id = $2::uuid AND m.siret = r.siret
LEFT JOIN LATERAL living_proposal(r) w ON true
LEFT JOIN LATERAL living_takeover(r) k ON true
LEFT JOIN account me ON me.id = $2::uuid AND account_is_active(me)
WHERE r.id = $1::uuid
