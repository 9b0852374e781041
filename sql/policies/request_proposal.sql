-- Proposals are for the staff of the product and administrators whom the request does not serve.
DROP POLICY IF EXISTS request_proposal_staff ON request_proposal;
CREATE POLICY request_proposal_staff ON request_proposal USING (app_is_system() OR EXISTS (
    SELECT FROM request r, staff_roles() s WHERE r.id = request_id AND s.account_id = app_account_id()
      AND (s.product = r.product OR s.role = 'admin') AND request_conflict(r, app_account_id()) IS NULL));
