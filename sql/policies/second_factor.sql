-- A person sees their own second factor.
DROP POLICY IF EXISTS second_factor_own ON second_factor;
CREATE POLICY second_factor_own ON second_factor USING (app_is_system() OR account_id = app_account_id());
