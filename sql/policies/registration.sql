-- Nobody but the program: whoever signed up is not known yet.
DROP POLICY IF EXISTS registration_system ON registration;
CREATE POLICY registration_system ON registration USING (app_is_system());
