-- Support's queue with the evidence beside each case, oldest first; those who were the first of an organisation
-- with a free-mail address, newest first. NULL filters nothing.
-- :one (state text?, reported bool?, siret text?,
--       words text?,  -- each of them occurs in the name or the e-mail, or the key of an address
--       limit int4, after_us int8?, after_id uuid?,
--       free_mail_domains text[],
--       by_free_mail bool?) -> document text
WITH page AS (
    SELECT m AS membership, m.id, m.siret, m.excluded_before, email_domain(a.email_key) AS domain,
           row_number() OVER (ORDER BY CASE WHEN $9::boolean THEN -epoch_us(m.created_at) ELSE epoch_us(m.created_at) END,
                                       CASE WHEN $9::boolean THEN NULL ELSE m.id END, m.id DESC) AS place,
           epoch_us(m.created_at) || '_' || m.id AS cursor
    FROM memberships_found($1, $2::boolean, $3, $4, $5::int, $6::bigint, $7::uuid, $8::text[], $9::boolean) m
    JOIN account a ON a.id = m.account_id)
SELECT json_build_object(
    'items', coalesce(json_agg((membership_json(p.membership, true)::jsonb || jsonb_build_object('evidence', jsonb_build_object(
        'domain', p.domain,
        'free_mail', p.domain = ANY ($8::text[]),
        'excluded_before', p.excluded_before,
        'member_domains', (SELECT coalesce(jsonb_agg(jsonb_build_object('domain', d.domain, 'members', d.members)
                                                     ORDER BY d.members DESC, d.domain), '[]')
                           FROM (SELECT email_domain(a.email_key) AS domain, count(*) AS members
                                 FROM membership m JOIN account a ON a.id = m.account_id
                                 WHERE m.siret = p.siret AND m.state = 'active' AND a.state = 'active'
                                   AND m.id <> p.id
                                 GROUP BY 1) d),
        'trusted_domains', (SELECT coalesce(jsonb_agg(t.domain ORDER BY t.domain), '[]')
                            FROM trusted_domain t WHERE t.siret = p.siret),
        'organisation', (SELECT organisation_json(o)::jsonb FROM organisation o WHERE o.siret = p.siret),
        'earlier_resolutions', (SELECT coalesce(jsonb_agg(jsonb_build_object('domain', v.domain,
                                    'outcome', v.outcome, 'reason', v.reason, 'at', api_time(v.at)) ORDER BY v.at DESC), '[]')
                                FROM membership_resolution v WHERE v.siret = p.siret),
        'reports', (SELECT coalesce(jsonb_agg(jsonb_build_object('by', person_json(r.reported_by)::jsonb,
                        'comment', r.comment, 'at', api_time(r.at)) ORDER BY r.at), '[]')
                    FROM membership_report r WHERE r.membership_id = p.id)))) ORDER BY p.place)
        FILTER (WHERE p.place <= $5::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $5::int THEN max(p.cursor) FILTER (WHERE p.place = $5::int) END)::text AS document
FROM page p
