// A colleague takes a request over: who is told, who may object, when it happens; by a real mail server.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { logInAs, randomWord } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { runJob } from '../support/jobs.mjs';
import { decide, draftRequest, submitRequest } from '../support/requests.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { startMailer } from '../support/smtp.mjs';

const DINUM = { siret: SIRETS.DINUM, domain: 'dinum.example' };
const DAY_MS = 86_400_000;

let mailer;
let server;
let admin;
let instructor;
before(async () => {
  mailer = await startMailer({ GUICHET_TAKEOVERS_PER_DAY: '4' });
  server = mailer.server;
  admin = await logInAs(server, { ...DINUM, role: 'admin' });
  instructor = await logInAs(server, { ...DINUM, role: 'instructor:api-entreprise' });
});
after(() => mailer.stop());

const sql = (text) => server.database.sql(text);
const idOf = ({ session }) => session.account.id;
const addresses = (...people) => people.map(({ email }) => email).toSorted();
const pathOf = ({ id }) => `/v1/requests/${id}/takeover`;
const ask = (person, request, options) => person.client.post(pathOf(request), undefined, options);
const end = (person, request, body) => person.client.request('DELETE', pathOf(request), body);
const read = async ({ client }, { id }) =>
  (await client.get(`/v1/requests/${id}`)).expect(200).body;
const suspend = async (person) => {
  const path = `/v1/accounts/${idOf(person)}/suspension`;
  (await admin.client.put(path, { reason: 'Compte compromis' })).expect(200, 204);
};
/** So many days pass for the takeover of a request; then the job runs. */
async function pass({ id }, days) {
  await sql(`update request_takeover set asked_at = asked_at - interval '${days} days',
               due_at = due_at - interval '${days} days' where request_id = '${id}'`);
  await runJob(server, 'takeovers');
}

async function organisation(siret) {
  const domain = `ville-${randomWord()}.example`;
  const member = () => logInAs(server, { siret, domain });
  const [applicant, asker, other] = [await member(), await member(), await member()];
  return { siret, domain, applicant, asker, other };
}

/** The mails that `act` causes, once everything has left. */
async function sentBy(smtp, act) {
  await mailsDone(server);
  const before = smtp.received.length;
  await act();
  await mailsDone(server);
  const mails = smtp.received.slice(before).map(({ mail }) => mail);
  const to = (subject) =>
    mails
      .filter((mail) => subject.test(mail.subject))
      .map((mail) => mail.to)
      .toSorted();
  return { mails, to };
}

const ASKED = /un membre de l’organisation souhaite la reprendre/;
const ENDED = /la reprise n’aura pas lieu/;
const TAKEN = /reprise par un membre de l’organisation/;
const YOURS = /vous en êtes désormais responsable/;

test('a_takeover_is_told_to_all_and_happens_after_seven_days', async (t) => {
  const smtp = await mailer.listen(t);
  const org = await organisation(SIRETS.LYON);
  const external = await logInAs(server, org);
  await sql(`update membership set state = 'external' where account_id = '${idOf(external)}'`);
  const request = await submitRequest(org.applicant.client, org);
  (await decide(instructor.client, request.id, 'approve')).expect(201);
  assert.equal((await read(org.asker, request)).takeover, null);

  const key = { headers: { 'Idempotency-Key': randomUUID() } };
  const asked = await sentBy(smtp, async () => {
    const first = (await ask(org.asker, request, key)).expect(200);
    const again = (await ask(org.asker, request, key)).expect(200);
    assert.deepEqual(again.body, first.body, 'the same answer, not a second act');
    assert.equal(first.body.applicant.email, org.applicant.email);
    assert.equal(first.body.takeover.asked_by.email, org.asker.email);
    const { asked_at: from, due_at: until } = first.body.takeover;
    assert.equal(Date.parse(until) - Date.parse(from), 7 * DAY_MS);
  });
  const all = addresses(org.applicant, org.other, instructor);
  assert.deepEqual(asked.to(ASKED), all);
  assert.deepEqual(asked.mails.map(({ to }) => to).toSorted(), all, 'nobody else, nobody twice');
  const pageFor = (email) => asked.mails.find(({ to }) => to === email).url;
  assert.equal(pageFor(org.other.email), `${server.url}/demandes/${request.id}`);
  assert.equal(pageFor(instructor.email), `${server.url}/instruction/${request.id}`);
  assert.ok(asked.mails[0].text.includes(org.asker.email));

  const twice = (await ask(org.other, request)).expect(409);
  assert.match(twice.body.detail, /déjà demandé/);
  const early = await sentBy(smtp, () => pass(request, 6));
  assert.deepEqual(early.mails, []);
  assert.equal((await read(org.asker, request)).applicant.email, org.applicant.email);

  const taken = await sentBy(smtp, () => pass(request, 1));
  assert.deepEqual(taken.to(TAKEN), addresses(org.applicant, org.other, instructor));
  assert.deepEqual(taken.to(YOURS), [org.asker.email]);
  const now = await read(org.asker, request);
  assert.equal(now.applicant.email, org.asker.email);
  assert.equal(now.takeover, null);
  assert.equal(now.state, 'approved');
  const token = `/v1/tokens/${now.token_id}`;
  (await org.asker.client.post(`${token}/reveal`)).expect(200);
  (await org.applicant.client.post(`${token}/reveal`)).expect(403);
  (await org.asker.client.post(`/v1/requests/${request.id}/reopening`)).expect(200);

  const { body } = (await org.asker.client.get(`/v1/requests/${request.id}/events`)).expect(200);
  const history = body.items.map(({ event, actor }) => `${event} ${actor?.email ?? 'program'}`);
  assert.ok(history.includes(`take_over ${org.asker.email}`), history.join());
  assert.ok(history.includes('transfer program'), history.join());
  const audited = await sql(
    `select action || ' ' || actor_kind from audit where subject_id = '${request.id}'
     and action in ('request.take_over', 'request.transfer') order by id`,
  );
  assert.deepEqual(audited, ['request.take_over account', 'request.transfer system']);
});

test('the_applicant_or_an_instructor_objects_and_who_asked_withdraws', async (t) => {
  const smtp = await mailer.listen(t);
  const org = await organisation(SIRETS.MARSEILLE);
  const request = await submitRequest(org.applicant.client, org);
  const everybody = [org.applicant, org.asker, org.other, instructor];
  const cases = [
    [org.applicant, 'Je suis de retour lundi', /s’est opposé/],
    [instructor, undefined, /s’est opposé/],
    [org.asker, undefined, /a été retirée/],
  ];
  for (const [person, reason, words] of cases) {
    (await ask(org.asker, request)).expect(200);
    (await end(org.other, request)).expect(403);
    const ended = await sentBy(smtp, async () => {
      const { body } = (await end(person, request, reason && { reason })).expect(200);
      assert.equal(body.takeover, null);
      assert.equal(body.applicant.email, org.applicant.email);
    });
    const told = everybody.filter((one) => one !== person);
    assert.deepEqual(ended.to(ENDED), addresses(...told));
    for (const { text } of ended.mails) {
      assert.match(text.replace(/\s+/g, ' '), words);
      assert.equal(text.includes('Je suis de retour lundi'), reason !== undefined);
    }
    (await end(person, request)).expect(409);
    const later = await sentBy(smtp, () => runJob(server, 'takeovers'));
    assert.deepEqual(later.mails, []);
    assert.equal((await read(org.asker, request)).applicant.email, org.applicant.email);
  }
  const { body } = (await ask(org.asker, request)).expect(429);
  assert.match(body.detail, /trois fois en trente jours\. Recommencez dans 30 jours/);
});

test('only_active_members_of_the_organisation_ask', async () => {
  const org = await organisation(SIRETS.TOULOUSE);
  const request = await submitRequest(org.applicant.client, org);
  const external = await logInAs(server, org);
  await sql(`update membership set state = 'external' where account_id = '${idOf(external)}'`);
  const stranger = await logInAs(server, { siret: SIRETS.PARIS });
  (await ask(org.applicant, request)).expect(403);
  (await ask(instructor, request)).expect(403);
  (await ask(external, request)).expect(404);
  (await ask(stranger, request)).expect(404);
  assert.deepEqual(
    await sql(`select 1 from request_takeover where request_id = '${request.id}'`),
    [],
  );
  const may = async (person) => (await read(person, request)).permissions.includes('take_over');
  assert.deepEqual([await may(org.asker), await may(org.applicant)], [true, false]);
});

test('it_happens_at_once_where_the_applicant_is_gone_or_goes', async (t) => {
  const smtp = await mailer.listen(t);
  const org = await organisation(SIRETS.BORDEAUX);
  const [first, second] = [
    await submitRequest(org.applicant.client, org),
    await submitRequest(org.applicant.client, org),
  ];
  (await ask(org.asker, second)).expect(200);
  await suspend(org.applicant);
  const taken = await sentBy(smtp, async () => {
    const { body } = (await ask(org.asker, first)).expect(200);
    assert.equal(body.applicant.email, org.asker.email);
    assert.equal(body.takeover, null);
    assert.ok(body.permissions.includes('transfer'));
  });
  assert.deepEqual(taken.to(TAKEN), addresses(org.other, instructor));
  assert.deepEqual(taken.to(YOURS), [org.asker.email]);
  assert.match(
    taken.mails[0].text.replace(/\s+/g, ' '),
    /n’avait plus de demandeur joignable|vous a été confiée/,
  );
  const due = await sentBy(smtp, () => runJob(server, 'takeovers'));
  assert.deepEqual(due.to(TAKEN), addresses(org.other, instructor));
  assert.equal((await read(org.asker, second)).applicant.email, org.asker.email);
  const all = [...taken.mails, ...due.mails].map(({ to }) => to);
  assert.ok(!all.includes(org.applicant.email), 'nothing to who is gone');
});

test('it_ends_with_the_membership_of_who_asked_with_a_transfer_and_with_the_archive', async (t) => {
  const smtp = await mailer.listen(t);
  const org = await organisation(SIRETS.RENNES);
  const [left, given, archived] = [
    await submitRequest(org.applicant.client, org),
    await submitRequest(org.applicant.client, org),
    await draftRequest(org.applicant.client, org),
  ];
  for (const request of [left, given, archived]) (await ask(org.asker, request)).expect(200);

  const transfer = await sentBy(smtp, async () => {
    const to = { email: org.other.email };
    (await org.applicant.client.post(`/v1/requests/${given.id}/transfer`, to)).expect(200);
  });
  assert.deepEqual(
    transfer.to(/confiée à une autre personne/),
    addresses(org.applicant, org.asker),
  );
  (await org.applicant.client.post(`/v1/requests/${archived.id}/archival`)).expect(200);
  const over = await sentBy(smtp, () => pass(archived, 8));
  assert.equal((await read(org.applicant, archived)).applicant.email, org.applicant.email);
  assert.deepEqual(over.mails, []);

  await suspend(org.asker);
  assert.equal((await read(org.applicant, left)).takeover, null);
  const ended = await sentBy(smtp, () => runJob(server, 'takeovers'));
  assert.deepEqual(ended.to(ENDED), addresses(org.applicant, org.other, instructor));
  assert.match(ended.mails[0].text.replace(/\s+/g, ' '), /n’agit plus pour/);
  assert.deepEqual(await sql('select 1 from request_takeover'), []);
  const path = `/v1/accounts/${idOf(org.asker)}/suspension`;
  (await admin.client.request('DELETE', path)).expect(204);
  await runJob(server, 'takeovers');
  assert.equal((await read(org.applicant, left)).applicant.email, org.applicant.email);
});

test('a_takeover_ends_and_is_told_once_where_who_asked_leaves_or_deletes_their_account', async (t) => {
  const smtp = await mailer.listen(t);
  const org = await organisation(SIRETS.LILLE);
  const request = await submitRequest(org.applicant.client, org);
  const support = await logInAs(server, { ...DINUM, role: 'support' });
  const leave = async (person) => {
    const [id] = await sql(`select id from membership where account_id = '${idOf(person)}'`);
    const ending = await support.client.post(`/v1/memberships/${id}/ending`, { reason: 'Parti' });
    ending.expect(200);
  };
  const remove = async ({ client }) => (await client.delete('/v1/account')).expect(204);
  for (const [asker, others, go, name] of [
    [org.asker, [org.applicant, org.other, instructor], leave, null],
    [org.other, [org.applicant, instructor], remove, 'Compte supprimé'],
  ]) {
    (await ask(asker, request)).expect(200);
    await mailsDone(server);
    await go(asker);
    const ended = await sentBy(smtp, async () => {
      await runJob(server, 'takeovers');
      await runJob(server, 'takeovers');
    });
    assert.deepEqual(ended.to(ENDED), addresses(...others));
    const { text } = ended.mails[0];
    assert.match(text.replace(/\s+/g, ' '), /n’agit plus pour/);
    assert.equal(text.includes('Compte supprimé'), name !== null);
    const { takeover, applicant } = await read(org.applicant, request);
    assert.deepEqual([takeover, applicant.email], [null, org.applicant.email]);
  }
  const { body } = (await org.applicant.client.get(`/v1/requests/${request.id}/events`)).expect(
    200,
  );
  const ends = body.items.filter(({ event }) => event === 'end_takeover');
  assert.deepEqual(
    ends.map(({ actor }) => actor),
    [null, null],
  );
});

test('one_account_asks_for_so_many_a_day', async () => {
  const org = await organisation(SIRETS.NANTES);
  const requests = [];
  for (let n = 0; n < 5; n++) requests.push(await draftRequest(org.applicant.client, org));
  for (const request of requests.slice(0, 4)) (await ask(org.asker, request)).expect(200);
  const refused = (await ask(org.asker, requests[4])).expect(429);
  assert.match(refused.body.detail, /4 demandes par jour/);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  assert.equal((await read(org.asker, requests[4])).takeover, null);
  (await ask(org.other, requests[4])).expect(200);
});
