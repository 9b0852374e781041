-- Who sees a request sees its history.
DROP POLICY IF EXISTS request_event_seen ON request_event;
CREATE POLICY request_event_seen ON request_event
    USING (app_is_system() OR EXISTS (SELECT FROM request r WHERE r.id = request_id));
