-- Who sees a request sees its files.
DROP POLICY IF EXISTS attachment_seen ON attachment;
CREATE POLICY attachment_seen ON attachment
    USING (app_is_system() OR EXISTS (SELECT FROM request r WHERE r.id = request_id));
