-- Seen by who sees the request.
DROP POLICY IF EXISTS request_takeover_seen ON request_takeover;
CREATE POLICY request_takeover_seen ON request_takeover USING (
    (SELECT app_is_system()) OR EXISTS (SELECT FROM request r WHERE r.id = request_id));
