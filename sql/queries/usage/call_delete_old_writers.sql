-- Programs that ended: none has a batch in hand for a day.
DELETE FROM call_writer WHERE at < now() - interval '1 day'
