-- Who is told of a token: its applicant, or who is told in their place (request_told), and the contacts of its habilitation
-- (contacts_told), each address once.
-- :many (token uuid,
--        contacts text?)  -- which contacts, separated by blanks; NULL for each of them
--     -> token_recipient (email text, account_id uuid?, in_place bool)  -- in_place: of an applicant who is gone
SELECT DISTINCT ON (found.key) found.email, found.account_id, found.in_place
FROM token t
JOIN habilitation h ON h.id = t.habilitation_id
JOIN request r ON r.id = t.request_id
CROSS JOIN LATERAL (SELECT habilitation_fields(h) -> 'contacts' AS contacts) granted
CROSS JOIN LATERAL (
    SELECT a.email, a.email_key AS key, a.id AS account_id, NOT p.is_applicant AS in_place
    FROM request_told(r, 'applicant') p JOIN account a ON a.id = p.account_id
    UNION ALL
    SELECT c.email, contact_key(granted.contacts -> c.contact), c.account_id, false
    FROM contacts_told(t.siret, granted.contacts) c
    WHERE $2::text IS NULL OR c.contact = ANY (string_to_array($2, ' '))) found
WHERE t.id = $1::uuid
ORDER BY found.key, found.in_place
