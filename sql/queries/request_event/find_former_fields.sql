-- What the staff last decided on: the snapshot of a reopened request, else the submission before the
-- last decision. $1 request
SELECT former.fields, former.at FROM (
    SELECT (e.detail -> 'fields')::text AS fields, api_time(e.at) AS at, e.place
    FROM request_event e
    WHERE e.request_id = $1::uuid AND e.event = 'submit'
      AND e.place < (SELECT max(d.place) FROM request_event d
                     WHERE d.request_id = $1::uuid
                       AND d.event IN ('request_changes', 'approve', 'refuse'))
    ORDER BY e.place DESC LIMIT 1) former
