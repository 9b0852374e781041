-- Who is told of a token: its applicant, where still entitled to act, and the contacts of its habilitation, each address
-- once. A contact whose account is suspended, or whom the organisation keeps out, is told nothing.
-- :many (token uuid,
--        contacts text?)  -- which contacts, separated by blanks; NULL for each of them
--     -> token_recipient (email text, account_id uuid?)
SELECT DISTINCT ON (lower(found.email)) found.email, a.id AS account_id
FROM token t
JOIN habilitation h ON h.id = t.habilitation_id
JOIN request r ON r.id = t.request_id
CROSS JOIN LATERAL (
    SELECT p.email FROM account p WHERE p.id = r.applicant_id AND r.siret = ANY (applicant_sirets(p.id))
    UNION ALL
    SELECT contact.value ->> 'email' FROM jsonb_each(h.snapshot #> '{fields,contacts}') contact
    WHERE $2::text IS NULL OR contact.key = ANY (string_to_array($2, ' '))) found (email)
LEFT JOIN account a ON lower(found.email) IN (lower(a.email), a.email_key) AND a.state = 'active'
WHERE t.id = $1::uuid AND found.email <> '' AND (a.id IS NULL OR account_is_active(a) AND t.siret <> ALL (excluded_sirets(a.id)))
ORDER BY lower(found.email)
