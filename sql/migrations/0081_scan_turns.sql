-- Files that wait for the scanner take turns: the five oldest were tried for ever, and the others never. One
-- that the scanner itself refuses (its size, a broken archive) is given up after some refusals.
ALTER TABLE attachment
    ADD COLUMN scan_tried_at timestamptz,
    ADD COLUMN scan_refusals integer NOT NULL DEFAULT 0,
    ADD COLUMN scan_given_up boolean NOT NULL DEFAULT false;
CREATE INDEX attachment_unscanned_idx ON attachment (scan_tried_at NULLS FIRST, created_at)
    WHERE scan = 'pending' AND NOT scan_given_up;
