-- Active habilitations as open data: organisations and projects, no name of a person.
-- :one () -> csv text
SELECT E'number,product,use_case,siret,organisation,title,scopes,approved_at\r\n'
    || coalesce(string_agg(concat_ws(',', 'H' || h.number, csv_cell(h.product), csv_cell(h.use_case), h.siret,
        csv_cell(h.snapshot #>> '{organisation,name}'), csv_cell(h.snapshot #>> '{fields,title}'),
        csv_cell(array_to_string(h.scopes, ' ')), api_time(h.approved_at)) || E'\r\n', ''
        ORDER BY h.number), '') AS csv
FROM request r JOIN habilitation h ON h.id = r.habilitation_id
WHERE r.state NOT IN ('revoked', 'archived')
