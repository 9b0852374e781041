// To state that something did *not* happen, wait until it would have happened by now: until what was
// caused so far has gone through the same queue, or stands in the same log.
import { waitFor } from './wait.mjs';

/** Until every mail caused so far has left: no job that writes mails is left, and no row of the outbox. */
export async function mailsDone({ database }) {
  await waitFor('every mail to have left', async () => {
    const waiting = await database.sql(
      `select 1 from job where kind = 'account_mail' union all select 1 from outbox where state in ('pending', 'sealed')`,
    );
    return waiting.length === 0;
  });
}

/** Until every webhook event so far was told to its listeners once, well or in vain. */
export async function webhooksDone({ database }) {
  await waitFor('every event to have been told', async () => {
    const waiting = await database.sql(
      `select 1 from webhook_event where not dispatched
       union all select 1 from webhook_attempt where state = 'pending' and number = 1`,
    );
    return waiting.length === 0;
  });
}

/**
 * Until the log has the line of this answer's request, and that of one made after it.
 * @param {import('./server.mjs').Server} server
 * @param {string} requestId the answer's X-Request-ID
 */
export async function logDone(server, requestId) {
  const hasLine = (id) =>
    server.logs.some((line) => line.event === 'request' && line.request_id === id);
  await waitFor('its line in the log', () => hasLine(requestId));
  const client = server.client();
  const { headers } = await client.get('/v1/session');
  client.close();
  await waitFor('the line behind it', () => hasLine(headers['x-request-id']));
}
