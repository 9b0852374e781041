-- Mails that were given up: few, counted at each scrape of the figures.
CREATE INDEX outbox_parked_idx ON outbox (id) WHERE state = 'parked';
