-- What the staff last decided on: the submission before the last decision, or what was taken over as decided, and, by
-- kind of file, the names of the files that have changed since.
-- :opt (request uuid) -> request_former (
--     fields text,        -- JSON
--     submitted_at text,  -- RFC 3339
--     files text)         -- JSON: [{pointer, former, new}]
WITH former AS (
    SELECT e.detail -> 'fields' AS fields, e.detail -> 'files' AS files, e.at
    FROM request_event e
    WHERE e.request_id = $1::uuid AND e.event IN ('submit', 'import')
      AND e.place <= (SELECT max(d.place) FROM request_event d
                      WHERE d.request_id = $1::uuid
                        AND d.event IN ('request_changes', 'approve', 'refuse', 'import'))
    ORDER BY e.place DESC LIMIT 1
),
file AS (
    SELECT w.file ->> 'kind' AS kind, w.file ->> 'name' AS name, w.file ->> 'id' AS id, w.place,
           false AS is_there
    FROM former f, jsonb_array_elements(f.files) WITH ORDINALITY AS w (file, place)
    UNION ALL
    SELECT a.kind, a.file_name, a.id::text, row_number() OVER (ORDER BY a.created_at, a.id), true
    FROM former f JOIN attachment a ON a.request_id = $1::uuid AND a.deleted_at IS NULL
    WHERE f.files IS NOT NULL
)
SELECT f.fields::text AS fields, api_time(f.at) AS submitted_at,
       (SELECT coalesce(json_agg(changed), '[]')::text
        FROM (SELECT '/attachments/' || kind AS pointer,
                     coalesce(json_agg(name ORDER BY place) FILTER (WHERE NOT is_there), '[]') AS former,
                     coalesce(json_agg(name ORDER BY place) FILTER (WHERE is_there), '[]') AS new
              FROM file GROUP BY kind
              HAVING array_agg(id ORDER BY id) FILTER (WHERE NOT is_there)
                     IS DISTINCT FROM array_agg(id ORDER BY id) FILTER (WHERE is_there)
              ORDER BY kind) changed) AS files
FROM former f
