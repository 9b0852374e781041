-- A piece of the file of an export; none behind the last.
-- :opt (export uuid, account uuid, place int4) -> sealed text
SELECT c.sealed
FROM export e JOIN export_chunk c ON c.export_id = e.id
WHERE e.id = $1::uuid AND e.account_id = $2::uuid AND e.state = 'ready' AND c.place = $3::int
