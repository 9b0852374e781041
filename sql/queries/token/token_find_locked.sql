-- A token that is locked because it is going to change, and what the account may do with it.
-- :one (token uuid, account uuid?) -> token_row (
--     id uuid,
--     request_id uuid,
--     subject_id uuid,         -- the first habilitation
--     product text,
--     siret text,
--     sealed_jwt text,
--     version int4,
--     scopes text,             -- JSON array
--     expires_at_s int8,
--     state text,              -- active, expired, revoked
--     rights text,             -- what the account may do, separated by blanks, whatever the state
--     prolongation_open bool,  -- 90 days or fewer are left
--     prolongation_over bool,  -- expired for more than 90 days
--     revoked_at_ms int8?,     -- or when it will be
--     plan_is_of_staff bool,   -- the instruction planned the revocation, and the account is none of it
--     is_reopened bool,        -- its request is being changed
--     expires_at text,         -- RFC 3339
--     next_number int8)   -- of the next string: see struct token_string
SELECT t.id, t.request_id, t.subject_id, t.product, t.siret, t.sealed_jwt, t.version,
       to_json(t.scopes)::text AS scopes,
       floor(extract(epoch FROM t.expires_at))::bigint AS expires_at_s,
       token_state(t.revoked_at, t.expires_at) AS state,
       array_to_string(token_rights(s.relations), ' ') AS rights,
       now() >= t.expires_at - interval '90 days' AS prolongation_open,
       now() > t.expires_at + interval '90 days' AS prolongation_over,
       floor(extract(epoch FROM t.revoked_at) * 1000)::bigint AS revoked_at_ms,
       -- Planned by staff: by an account that does not own the token; the account that asks is not staff.
       coalesce(t.revoked_at > now() AND NOT s.relations && ARRAY['instructor', 'manager']
                AND NOT token_relations(t.request_id, t.habilitation_id, t.product, t.siret, t.revoked_by)
                        && ARRAY['applicant', 'technical', 'member'], false) AS plan_is_of_staff,
       coalesce((SELECT r.reopened FROM request r WHERE r.id = t.request_id), false) AS is_reopened,
       api_time(t.expires_at) AS expires_at,
       greatest(floor(extract(epoch FROM now()))::bigint, t.issued_at + 1) AS next_number
FROM token t,
     LATERAL token_relations(t.request_id, t.habilitation_id, t.product, t.siret, $2::uuid) s (relations)
WHERE t.id = $1::uuid AND s.relations <> '{}'
