-- The content of a file on its way from a program to attachment_content, in one transaction. Nothing of it is
-- there when none is under way, so it needs no log.
CREATE UNLOGGED TABLE attachment_slice (
    upload uuid NOT NULL,
    position bigint NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT attachment_slice_pk PRIMARY KEY (upload, position)
);
ALTER TABLE attachment_slice ALTER COLUMN content SET STORAGE EXTERNAL;
