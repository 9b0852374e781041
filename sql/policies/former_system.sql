-- The secrets of former systems are the program's alone.
DROP POLICY IF EXISTS former_system_seen ON former_system;
CREATE POLICY former_system_seen ON former_system USING (app_is_system());
