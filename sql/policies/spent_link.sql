-- Who holds a link holds the proof: the program looks for it by its hash, for nobody in particular.
DROP POLICY IF EXISTS spent_link_system ON spent_link;
CREATE POLICY spent_link_system ON spent_link USING (app_is_system());
-- Whoever ends a link of their own leaves word of it, and reads none.
DROP POLICY IF EXISTS spent_link_added ON spent_link;
CREATE POLICY spent_link_added ON spent_link FOR INSERT WITH CHECK (true);
