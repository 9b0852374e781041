// Mails about a request that depend on time: the delay to expect, and what becomes of changes that never come.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { runJob } from '../support/jobs.mjs';
import { cast, createRequest, decide, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';

let server;
let applicant;
let instructor;
let domain;
before(async () => {
  server = await startServer();
  ({ applicant, instructor, domain } = await cast(server));
});
after(() => server.stop());

/** Decisions that came so many days after the submission; the last one `daysAgo`. */
const addDecisions = (requestId, waits, daysAgo = 1) =>
  server.database.sql(`
    insert into decision (request_id, outcome, decided_by, request_version, submitted_at, at)
    select '${requestId}', 'approve', '${instructor.session.account.id}', 1,
           day - wait * interval '1 day', day
    from unnest(array[${waits}]::numeric[]) wait, (select now() - interval '${daysAgo} days' as day) d`);

/** A new request's id, and what its acknowledgement says. */
async function acknowledged() {
  const { id, number } = await submitRequest(applicant.client, { domain });
  const subject = new RegExp(`${number} bien reçue`);
  const { text } = await server.mailbox.take({ to: applicant.email, subject });
  return { id, text: text.replace(/\s+/g, ' ') };
}

test('the_acknowledgement_gives_the_median_delay_of_the_last_three_months', async () => {
  const { id, text } = await acknowledged();
  assert.doesNotMatch(text, /trois derniers mois/, 'nobody has decided yet');
  const other = await createRequest(applicant.client, { product: 'api-particulier' });
  await addDecisions(other.body.id, [50, 50, 50, 50]);
  await addDecisions(id, [60, 60, 60, 60], 100);
  assert.doesNotMatch((await acknowledged()).text, /trois derniers mois/, 'too old, or of others');
  await addDecisions(id, [0.5]);
  const sentence = 'Ces trois derniers mois, une réponse sur deux est arrivée en';
  assert.ok((await acknowledged()).text.includes(`${sentence} un jour ou moins.`));
  await addDecisions(id, [4.5, 30]);
  assert.ok((await acknowledged()).text.includes(`${sentence} 5 jours ou moins.`));
});

test('reminds_of_awaited_changes_after_six_months_then_archives_each_mailed_once', async () => {
  const { id, number } = await submitRequest(applicant.client, { domain });
  (await decide(instructor.client, id, 'request_changes', { reason: 'Précisez' })).expect(201);
  /** Runs the job twice once the column says so long ago; which mails have been caused so far. */
  const mailsAfter = async (column, interval) => {
    await server.database.sql(
      `update request set ${column} = now() - interval '${interval}' where id = '${id}'`,
    );
    for (let run = 0; run < 2; run++) await runJob(server, 'stale_requests');
    return server.database.sql(
      `select template from outbox where recipient = '${applicant.email}'
       and template in ('request_reminder_changes', 'request_archived') order by 1 desc`,
    );
  };
  const state = async () => (await applicant.client.get(`/v1/requests/${id}`)).body.state;
  const [reminder, archived] = ['request_reminder_changes', 'request_archived'];

  assert.deepEqual(await mailsAfter('updated_at', '5 months 27 days'), []);
  assert.deepEqual(await mailsAfter('updated_at', '6 months 1 day'), [reminder]);
  const subject = new RegExp(`${number} : des précisions sont toujours attendues`);
  const { text } = await server.mailbox.take({ to: applicant.email, subject });
  assert.match(text, /d’ici 15\s+jours/);
  assert.deepEqual(await mailsAfter('reminded_at', '14 days'), [reminder]);
  assert.equal(await state(), 'changes_requested');
  assert.deepEqual(await mailsAfter('reminded_at', '15 days 1 minute'), [reminder, archived]);
  await server.mailbox.take({ to: applicant.email, subject: new RegExp(`${number} archivée`) });
  assert.equal(await state(), 'archived');
});
