-- A browser that logged in before is known until the password changes: see api/account/device.h.
ALTER TABLE account ADD COLUMN password_changed_at timestamptz;
COMMENT ON COLUMN account.password_changed_at IS 'by the person or a reset; NULL: never since it was set. Ends known devices';
