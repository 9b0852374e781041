-- Adds looks: those of staff in a role that shows them the object, and those of a product's programs. Not kept: what
-- a person sees of themselves, and a look repeated within a minute.
-- :affected (
--     looks json)              -- [{at_ms, kind, actor, action, object_type, object, detail, address}]
WITH look AS (
    SELECT l.*, timestamptz 'epoch' + l.at_ms * interval '1 millisecond' AS at,
           l.at_ms - lag(l.at_ms) OVER (PARTITION BY l.kind, l.actor, l.action, l.object, l.detail, l.address
                                        ORDER BY l.at_ms) AS since_ms
    FROM json_to_recordset($1::json) AS l (at_ms bigint, kind text, actor uuid, action text, object_type text,
                                           object text, detail jsonb, address text)
), resolved AS MATERIALIZED (  -- so that the request is looked up by its id
    SELECT l.*, CASE l.object_type
                WHEN 'request' THEN l.object::uuid
                WHEN 'habilitation' THEN (SELECT h.request_id FROM habilitation h WHERE h.id = l.object::uuid)
                WHEN 'token' THEN (SELECT t.request_id FROM token t WHERE t.id = l.object::uuid)
                END AS request
    FROM look l
    WHERE coalesce(l.since_ms, 60000) >= 60000
), seen AS (
    SELECT v.*, r.product, coalesce(r.siret, CASE WHEN v.object_type = 'organisation' THEN v.object END) AS siret,
           coalesce(r.applicant_id, CASE WHEN v.object_type = 'account' THEN v.object::uuid END) AS concerned,
           CASE WHEN v.kind = 'client' THEN 'program'
                WHEN v.object_type IN ('request', 'habilitation', 'token') THEN (
                    SELECT s.role FROM staff_role s
                    WHERE s.account_id = v.actor AND (s.product = r.product OR s.role = 'admin')
                    ORDER BY s.role = 'admin', s.role = 'reporter' LIMIT 1)
                WHEN v.object_type = 'organisation' THEN (
                    SELECT s.role FROM staff_role s
                    WHERE s.account_id = v.actor AND s.role IN ('support', 'admin')
                      AND NOT EXISTS (SELECT FROM membership m WHERE m.account_id = v.actor
                                        AND m.siret = v.object AND m.state = 'active')
                    ORDER BY s.role DESC LIMIT 1)
                ELSE (SELECT s.role FROM staff_role s WHERE s.account_id = v.actor
                      ORDER BY s.role IN ('support', 'admin') DESC, s.role DESC LIMIT 1)
           END AS role
    FROM resolved v
    LEFT JOIN request r ON r.id = v.request
)
INSERT INTO access_log (at, actor_kind, actor_id, role, action, object_type, object_id, request_id, product, siret,
                        concerned_id, detail, address)
SELECT s.at, s.kind, s.actor, s.role, s.action, s.object_type, s.object, s.request, s.product, s.siret, s.concerned,
       coalesce(s.detail, '{}'), s.address
FROM seen s
WHERE s.role IS NOT NULL
  AND NOT (s.kind = 'account' AND s.concerned IS NOT DISTINCT FROM s.actor)
  AND NOT EXISTS (
      SELECT FROM access_log e
      WHERE e.actor_id = s.actor AND e.at > s.at - interval '1 minute' AND e.at <= s.at
        AND e.actor_kind = s.kind AND e.action = s.action AND e.object_id IS NOT DISTINCT FROM s.object
        AND e.detail = coalesce(s.detail, '{}') AND e.address IS NOT DISTINCT FROM s.address)
ORDER BY s.at
