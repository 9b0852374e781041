-- Who sees an export sees its content.
DROP POLICY IF EXISTS export_chunk_own ON export_chunk;
CREATE POLICY export_chunk_own ON export_chunk
    USING (app_is_system() OR EXISTS (SELECT FROM export e WHERE e.id = export_id));
