-- Visible to the program only: a person who signs up is not authenticated yet.
DROP POLICY IF EXISTS registration_system ON registration;
CREATE POLICY registration_system ON registration USING (app_is_system());
