-- What the rules look at. $1 request, $2 who looks
SELECT r.id, r.number, r.product, r.use_case, r.form_version, r.siret, r.applicant_id, r.assignee_id,
       r.habilitation_id, r.state, r.reopened, r.first_submitted_at IS NOT NULL AS was_submitted,
       r.version, r.fields::text AS fields, r.terms_version, api_time(r.submitted_at) AS submitted_at,
       r.applicant_id = $2::uuid AS is_applicant,
       coalesce(m.state = 'active', false) AS is_member,
       coalesce(m.state = 'external', false) AS is_external,
       coalesce(r.contact_emails && ARRAY[lower(me.email), me.email_key], false) AS is_contact,
       o.state AS organisation_state, o.name AS organisation_name, o.legal_category,
       p.email AS applicant_email, p.given_name AS applicant_given_name,
       p.family_name AS applicant_family_name
FROM request r
JOIN organisation o ON o.siret = r.siret
JOIN account p ON p.id = r.applicant_id
LEFT JOIN membership m ON m.account_id = $2::uuid AND m.siret = r.siret
LEFT JOIN account me ON me.id = $2::uuid AND me.state = 'active'
WHERE r.id = $1::uuid
