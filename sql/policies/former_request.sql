-- Who sees a request sees which number it had before.
DROP POLICY IF EXISTS former_request_seen ON former_request;
CREATE POLICY former_request_seen ON former_request
    USING (app_is_system() OR EXISTS (SELECT FROM request r WHERE r.id = request_id));
