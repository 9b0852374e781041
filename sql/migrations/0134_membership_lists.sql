-- Support's queue, in its order: all of it, and of one state.
CREATE INDEX membership_created_at_idx ON membership (created_at, id);
CREATE INDEX membership_state_idx ON membership (state, created_at, id);
