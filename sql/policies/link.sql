-- A person sees the links that were mailed to them.
DROP POLICY IF EXISTS link_own ON link;
CREATE POLICY link_own ON link USING (app_is_system() OR account_id = app_account_id());
