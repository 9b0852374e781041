-- A request that is taken over from a former system begins where it stood there.
INSERT INTO request_transition (event, from_state, to_state) VALUES
    ('import', 'none', 'approved'),
    ('import', 'none', 'revoked');
