-- Who sees a request sees its messages.
DROP POLICY IF EXISTS message_seen ON message;
CREATE POLICY message_seen ON message
    USING (app_is_system() OR EXISTS (SELECT FROM request r WHERE r.id = request_id));
