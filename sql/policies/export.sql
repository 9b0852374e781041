-- A person sees their own exports.
DROP POLICY IF EXISTS export_own ON export;
CREATE POLICY export_own ON export USING (app_is_system() OR account_id = app_account_id());
