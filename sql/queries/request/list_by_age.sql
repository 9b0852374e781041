-- Longest waiting first. $1 who looks, $2 states or NULL (all but archived), $3 product,
-- $4 use case, $5 siret, $6 words, $7 assignee ("none" or id), $8 relation, $9 names of the use cases,
-- $10 limit, $11 and $12 cursor
WITH me AS (
    SELECT $1::uuid AS id, app_account_emails() AS emails,
           ARRAY(SELECT m.siret FROM membership m WHERE m.account_id = $1::uuid AND m.state = 'active') AS sirets,
           ARRAY(SELECT s.product FROM staff_role s
                 WHERE s.account_id = $1::uuid AND s.product IS NOT NULL) AS products,
           EXISTS (SELECT FROM staff_role s WHERE s.account_id = $1::uuid AND s.role = 'admin') AS is_admin
),
tied AS (
    SELECT r, r.id, r.applicant_id = me.id AS is_applicant,
           r.siret = ANY (me.sirets) AS is_member,
           r.first_submitted_at IS NOT NULL AND (r.product = ANY (me.products) OR me.is_admin) AS is_staff,
           r.first_submitted_at IS NOT NULL AND r.contact_emails && me.emails AS is_contact,
           coalesce(r.submitted_at, r.created_at) AS place
    FROM request r, me
    WHERE ($2::text[] IS NULL AND r.state <> 'archived' OR r.state = ANY ($2::text[]))
      AND ($3::text IS NULL OR r.product = $3)
      AND ($4::text IS NULL OR r.use_case = $4)
      AND ($5::text IS NULL OR r.siret = $5)
      AND ($6::text IS NULL OR r.search LIKE ALL (
            SELECT '%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%'
            FROM regexp_split_to_table(search_key($6), '\s+') w))
      AND ($7::text IS NULL OR r.assignee_id IS NOT DISTINCT FROM nullif($7, 'none')::uuid)
),
seen AS (
    SELECT * FROM tied
    WHERE CASE $8::text
          WHEN 'applicant' THEN is_applicant
          WHEN 'member' THEN is_member
          WHEN 'staff' THEN is_staff
          WHEN 'contact' THEN is_contact
          ELSE is_applicant OR is_member OR is_staff OR is_contact END
),
page AS (
    SELECT * FROM seen
    WHERE $11::bigint IS NULL
       OR (place, id) > (timestamptz 'epoch' + $11::bigint * interval '1 microsecond', $12::uuid)
    ORDER BY place ASC, id ASC LIMIT $10::bigint + 1
),
shown AS (SELECT * FROM page ORDER BY place ASC, id ASC LIMIT $10::bigint)
SELECT json_build_object(
    'items', coalesce((SELECT json_agg(request_summary(s.r, $1::uuid, s.is_staff, $9::jsonb)
                                       ORDER BY s.place ASC, s.id ASC) FROM shown s), '[]'),
    'next_cursor', CASE WHEN (SELECT count(*) FROM page) > $10::bigint
                        THEN (SELECT epoch_us(s.place) || '_' || s.id FROM shown s
                              ORDER BY s.place DESC, s.id DESC LIMIT 1) END)::text AS document
