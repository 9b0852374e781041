-- Messages of the other side since this person last read.
CREATE OR REPLACE FUNCTION unread_messages(asked_request uuid, viewer uuid, is_staff boolean) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
        SELECT count(*) FROM message m
        WHERE m.request_id = asked_request AND m.as_staff <> is_staff AND m.author_id <> viewer
          AND m.at > coalesce((SELECT r.read_until FROM message_read r
                               WHERE r.request_id = asked_request AND r.account_id = viewer), '-infinity')
    $$;
