-- The foreign keys of this table, each with an index: see 0140.
CREATE INDEX IF NOT EXISTS request_event_actor_id_fk_idx ON request_event (actor_id) WHERE actor_id IS NOT NULL;
