// Mails about a request: who is told of each act, the delay to expect, and what becomes of changes that never come.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { logInAs } from '../support/accounts.mjs';
import { runJob } from '../support/jobs.mjs';
import {
  cancelReopening,
  cast,
  createRequest,
  decide,
  draftRequest,
  saveRequest,
  submitRequest,
} from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

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
    insert into decision (request_id, product, outcome, decided_by, request_version, submitted_at, at)
    select '${requestId}', (select product from request where id = '${requestId}'), 'approve',
           '${instructor.session.account.id}', 1,
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

/** The mails that an act causes, by template: the local parts of those who get them. */
async function causedBy(act) {
  const [mark] = await server.database.sql('select clock_timestamp()');
  (await act()).expect(200, 201);
  const rows = await server.database.sql(
    `select template || ' ' || split_part(recipient, '@', 1) from outbox
     where created_at > '${mark}'`,
  );
  return rows.map((row) => row.replace('request_', '')).toSorted();
}

test('every_act_mails_its_recipients_once_each', async () => {
  const dinum = { siret: SIRETS.DINUM, domain: 'dinum.example' };
  const staff = await Promise.all([
    logInAs(server, { ...dinum, role: 'manager:api-entreprise' }),
    logInAs(server, { ...dinum, role: 'reporter:api-entreprise' }),
    logInAs(server, { ...dinum, role: 'instructor:api-particulier' }),
  ]);
  const colleague = await logInAs(server, { domain });
  const name = ({ email }) => email.split('@')[0];
  const [me, you, judge, manager] = [applicant, colleague, instructor, staff[0]].map(name);
  const { id } = await draftRequest(applicant.client, { domain });
  const path = `/v1/requests/${id}`;
  const by = ({ client }, what, body) => causedBy(() => client.post(`${path}/${what}`, body));
  const decides = (outcome, reason) =>
    causedBy(() => decide(instructor.client, id, outcome, { reason }));
  const told = (template, ...people) => people.map((one) => `${template} ${one}`).toSorted();
  const sent = [...told('acknowledgement', me), ...told('to_instruct', judge, manager)];

  assert.deepEqual(await by(applicant, 'submission'), sent);
  const question = { body: 'Une question' };
  const nobodyYet = told('message', judge, manager);
  assert.deepEqual(await by(applicant, 'messages', question), nobodyYet, 'not taken yet');
  const take = { account_id: instructor.session.account.id };
  assert.deepEqual(await causedBy(() => instructor.client.put(`${path}/assignee`, take)), []);
  assert.deepEqual(await by(applicant, 'messages', question), [], 'one mail an hour');
  await server.database.sql(`update conversation set mailed_at = mailed_at - interval '1 hour',
    due_at = null where request_id = '${id}'`);
  assert.deepEqual(await by(applicant, 'messages', question), told('message', judge));
  assert.deepEqual(await by(instructor, 'messages', question), told('message', me));
  assert.deepEqual(await by(instructor, 'notes', question), []);
  assert.deepEqual(await decides('request_changes', 'Précisez'), told('changes_requested', me));
  assert.deepEqual(await by(applicant, 'submission'), sent);
  assert.deepEqual(await decides('approve'), [
    ...told('approved', me),
    ...told('contact_notice', 'metier', 'technique'),
    ...told('rgpd_notice', 'direction', 'dpo'),
    ...told('token_ready', me, 'technique'),
  ]);
  const reopenAnew = async (title) => {
    assert.deepEqual(await by(applicant, 'reopening'), []);
    await saveRequest(applicant.client, id, { title });
    assert.deepEqual(await by(applicant, 'submission'), sent);
  };
  await reopenAnew('Un');
  assert.deepEqual(await decides('refuse', 'Non'), told('reopening_refused', me));
  await reopenAnew('Deux');
  const cancel = () => cancelReopening(instructor.client, id, { reason: 'Non' });
  assert.deepEqual(await causedBy(cancel), told('reopening_cancelled', me));
  assert.deepEqual(await by(instructor, 'transfer', { email: colleague.email }), [
    ...told('transferred', me),
    ...told('transferred_to_you', you),
  ]);
  assert.deepEqual(await decides('revoke', 'Fin'), [
    ...told('contact_revoked', 'direction', 'dpo', 'metier', 'technique'),
    ...told('revoked', you),
  ]);
  assert.deepEqual(await by(colleague, 'archival'), []);
});

test('the_mail_of_a_message_links_to_where_its_reader_answers', async () => {
  const { id, number } = await submitRequest(applicant.client, { domain });
  const path = `/v1/requests/${id}/messages`;
  const subject = new RegExp(`${number} : vous avez un message`);
  (await applicant.client.post(path, { body: 'Une question' })).expect(201);
  const there = await server.mailbox.take({ to: instructor.email, subject });
  assert.equal(there.url, `${server.url}/instruction/${id}?onglet=messages`);
  (await instructor.client.post(path, { body: 'Une réponse' })).expect(201);
  const here = await server.mailbox.take({ to: applicant.email, subject });
  assert.equal(here.url, `${server.url}/demandes/${id}?onglet=messages`);
});

test('a_message_is_not_mailed_after_an_opt_out_nor_to_former_staff', async () => {
  const dinum = { siret: SIRETS.DINUM, domain: 'dinum.example' };
  const [quiet, former] = await Promise.all([
    logInAs(server, { ...dinum, role: 'instructor:api-entreprise' }),
    logInAs(server, { ...dinum, role: 'instructor:api-entreprise' }),
  ]);
  const { etag } = (await quiet.client.get('/v1/account')).expect(200);
  const none = { notifications: { message: false } };
  (await quiet.client.patch('/v1/account', none, { etag })).expect(200);
  const { id } = await submitRequest(applicant.client, { domain });
  const took = { account_id: former.session.account.id };
  (await former.client.put(`/v1/requests/${id}/assignee`, took)).expect(200);
  await server.database.sql(`delete from staff_role where account_id = '${took.account_id}'`);
  const caused = await causedBy(() =>
    applicant.client.post(`/v1/requests/${id}/messages`, { body: 'Une question' }),
  );
  const [mine, his, hers] = [instructor, former, quiet].map(({ email }) => email.split('@')[0]);
  assert.ok(caused.includes(`message ${mine}`), 'nobody has it in hand any more');
  assert.ok(!caused.includes(`message ${his}`) && !caused.includes(`message ${hers}`));
});
