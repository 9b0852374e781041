-- The queue, longest waiting first.
CREATE INDEX request_age_idx ON request (coalesce(submitted_at, created_at), id);
