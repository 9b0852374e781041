-- Notes are for the staff of the product and administrators.
DROP POLICY IF EXISTS note_staff ON note;
CREATE POLICY note_staff ON note USING (app_is_system() OR EXISTS (
    SELECT FROM request r, staff_roles() s WHERE r.id = request_id AND s.account_id = app_account_id()
      AND (s.product = r.product OR s.role = 'admin')));
