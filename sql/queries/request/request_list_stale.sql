-- What nobody touched: 'remind' or 'archive' by what was done before. A reopened request lives on.
-- $1 days of a draft, $2 months of awaited changes, $3 days after the reminder, $4 limit
SELECT r.id, r.version,
       CASE WHEN r.reminded_at IS NULL THEN 'remind' ELSE 'archive' END AS act
FROM request r
WHERE NOT r.reopened
  AND (r.reminded_at IS NULL
       AND (r.state = 'draft' AND r.updated_at < now() - make_interval(days => $1::integer)
            OR r.state = 'changes_requested' AND r.updated_at < now() - make_interval(months => $2::integer))
       OR r.reminded_at < now() - make_interval(days => $3::integer)
          AND r.state IN ('draft', 'changes_requested'))
ORDER BY r.updated_at
LIMIT $4::bigint
