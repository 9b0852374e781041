-- $1 id, $2 with support's words
SELECT membership_json(m, $2::boolean)::text AS document, m.version FROM membership m WHERE m.id = $1::uuid
