-- Who sees a request sees its decisions.
DROP POLICY IF EXISTS decision_seen ON decision;
CREATE POLICY decision_seen ON decision
    USING (app_is_system() OR EXISTS (SELECT FROM request r WHERE r.id = request_id));
