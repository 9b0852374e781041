-- The program alone sees whom an organisation keeps out.
DROP POLICY IF EXISTS membership_exclusion_system ON membership_exclusion;
CREATE POLICY membership_exclusion_system ON membership_exclusion USING (app_is_system());
