// Nothing is sent to who is gone, and who is left is told: mails about a request whose applicant or contact was suspended,
// deleted or left, as a real mail server received them; and the deletion of an account that carries requests.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { logInAs, randomWord } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { runJob } from '../support/jobs.mjs';
import { contact, decide, draftRequest, saveRequest, submitRequest } from '../support/requests.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { startMailer } from '../support/smtp.mjs';

const DINUM = { siret: SIRETS.DINUM, domain: 'dinum.example' };

let mailer;
let server;
let admin;
let support;
let instructor;
before(async () => {
  mailer = await startMailer();
  server = mailer.server;
  admin = await logInAs(server, { ...DINUM, role: 'admin' });
  support = await logInAs(server, { ...DINUM, role: 'support' });
  instructor = await logInAs(server, { ...DINUM, role: 'instructor:api-entreprise' });
});
after(() => mailer.stop());

const sql = (text) => server.database.sql(text);
const idOf = ({ session }) => session.account.id;
const addresses = (...people) => people.map(({ email }) => email).toSorted();

const suspend = (person) =>
  admin.client
    .put(`/v1/accounts/${idOf(person)}/suspension`, { reason: 'Compte compromis' })
    .then((answer) => answer.expect(200, 204));
const remove = ({ client }) =>
  client
    .request('DELETE', '/v1/account', { leave_requests: true })
    .then((answer) => answer.expect(204));
async function endMembership(person) {
  const [id] = await sql(`select id from membership where account_id = '${idOf(person)}'`);
  const path = `/v1/memberships/${id}/ending`;
  (await support.client.post(path, { reason: 'Mutation' })).expect(200, 204);
}

/** An organisation of its own: an applicant, two active members, and two who are told of no request of others. */
async function organisation(siret) {
  const domain = `ville-${randomWord()}.example`;
  const member = () => logInAs(server, { siret, domain });
  const applicant = await member();
  const [one, two, external, stopped] = await Promise.all([member(), member(), member(), member()]);
  await sql(`update membership set state = 'external' where account_id = '${idOf(external)}'`);
  await suspend(stopped);
  const members = addresses(one, two);
  return { siret, domain, applicant, one, two, external, stopped, members };
}

/** What `act` makes the program send, once everything has left: the recipients, and the mails by subject. */
async function sentBy(smtp, act) {
  await mailsDone(server);
  const before = smtp.received.length;
  await act();
  await mailsDone(server);
  const mails = smtp.received.slice(before);
  return {
    mails,
    to: (subject) =>
      mails
        .filter(({ mail }) => subject.test(mail.subject))
        .map(({ mail }) => mail.to)
        .toSorted(),
  };
}

const place = /à la place\s+du\s+demandeur, qui n’est\s+plus\s+joignable/;

test('whatever_made_the_applicant_leave_the_members_are_told_in_their_place', async (t) => {
  const smtp = await mailer.listen(t);
  const ways = [
    ['suspended', suspend, SIRETS.LYON],
    ['deleted', remove, SIRETS.MARSEILLE],
    ['left', endMembership, SIRETS.TOULOUSE],
  ];
  for (const [way, leave, siret] of ways) {
    const org = await organisation(siret);
    const { id } = await submitRequest(org.applicant.client, org);
    await leave(org.applicant);
    const { mails, to } = await sentBy(smtp, async () => {
      const reason = 'Précisez le projet';
      (await decide(instructor.client, id, 'request_changes', { reason })).expect(201);
    });
    assert.deepEqual(to(/précisions/i), org.members, way);
    assert.deepEqual(
      mails.filter(({ mail }) => mail.to === org.applicant.email),
      [],
      `${way}: nothing at all to who is gone`,
    );
    for (const { mail } of mails) assert.match(mail.text, place, way);
  }
});

test('decisions_messages_reminders_and_notices_of_the_token_go_to_the_members', async (t) => {
  const smtp = await mailer.listen(t);
  const org = await organisation(SIRETS.BORDEAUX);
  const approved = await submitRequest(org.applicant.client, org);
  (await decide(instructor.client, approved.id, 'approve')).expect(201);
  const asked = await submitRequest(org.applicant.client, org);
  (await decide(instructor.client, asked.id, 'request_changes', { reason: 'Précisez' })).expect(
    201,
  );
  await suspend(org.applicant);
  const gone = ({ mails }) => mails.filter(({ mail }) => mail.to === org.applicant.email);

  const message = await sentBy(smtp, () =>
    instructor.client.post(`/v1/requests/${asked.id}/messages`, { body: 'Une question' }),
  );
  assert.deepEqual(message.to(/message/), org.members);
  assert.deepEqual(gone(message), []);

  const reminder = await sentBy(smtp, async () => {
    await sql(
      `update request set updated_at = now() - interval '7 months' where id = '${asked.id}'`,
    );
    await runJob(server, 'stale_requests');
  });
  assert.deepEqual(reminder.to(/précisions sont toujours attendues/), org.members);
  assert.deepEqual(gone(reminder), []);

  const expiry = await sentBy(smtp, async () => {
    await sql(
      `update token set expires_at = now() + interval '29 days' where request_id = '${approved.id}'`,
    );
    await runJob(server, 'token_notices');
  });
  const contacts = ['direction', 'dpo', 'metier', 'technique'].map(
    (name) => `${name}@${org.domain}`,
  );
  assert.deepEqual(expiry.to(/fin de validité/), [...org.members, ...contacts].toSorted());
  assert.deepEqual(gone(expiry), []);
  const inPlace = expiry.mails
    .filter(({ mail }) => place.test(mail.text))
    .map(({ mail }) => mail.to);
  assert.deepEqual(inPlace.toSorted(), org.members, 'contacts are told for themselves');

  const preview = await instructor.client.post(`/v1/requests/${approved.id}/decision-preview`, {
    outcome: 'revoke',
    reason: 'Fin du projet',
  });
  assert.deepEqual(preview.expect(200).body.to.toSorted(), org.members);
  assert.match(preview.body.text, place);
  const revocation = await sentBy(smtp, async () =>
    (await decide(instructor.client, approved.id, 'revoke', { reason: 'Fin' })).expect(201),
  );
  assert.deepEqual(
    revocation.to(/^Demande .* : habilitation révoquée$/).filter((one) => !contacts.includes(one)),
    org.members,
  );
  assert.deepEqual(gone(revocation), []);

  const transfer = await sentBy(smtp, async () =>
    (
      await instructor.client.post(`/v1/requests/${asked.id}/transfer`, { email: org.one.email })
    ).expect(200),
  );
  assert.deepEqual(transfer.to(/vous en êtes désormais responsable/), [org.one.email]);
  assert.deepEqual(transfer.to(/confiée à une autre personne/), [org.two.email]);
  assert.deepEqual(gone(transfer), []);
});

test('at_most_twenty_members_are_told_those_who_logged_in_last', async (t) => {
  const smtp = await mailer.listen(t);
  const org = await organisation(SIRETS.RENNES);
  await sql(`
    with person as (
      insert into account (email, email_key, given_name, family_name, state, activated_at, last_login_at)
      select 'n' || n || '@${org.domain}', 'n' || n || '@${org.domain}', 'Ana', 'Benali', 'active', now(),
             now() - n * interval '1 day'
      from generate_series(1, 25) n returning id)
    insert into membership (account_id, siret, state, ground)
    select id, '${org.siret}', 'active', 'same_domain' from person`);
  const { id } = await submitRequest(org.applicant.client, org);
  await suspend(org.applicant);
  const { to } = await sentBy(smtp, async () =>
    (await decide(instructor.client, id, 'refuse', { reason: 'Non' })).expect(201),
  );
  const latest = Array.from({ length: 18 }, (_, n) => `n${n + 1}@${org.domain}`);
  assert.deepEqual(to(/./), [...org.members, ...latest].toSorted());
});

test('a_contact_who_is_gone_is_told_nothing_and_does_not_come_back', async (t) => {
  const smtp = await mailer.listen(t);
  const org = await organisation(SIRETS.LILLE);
  const [former, stopped] = [await logInAs(server, org), await logInAs(server, org)];
  const { id } = await draftRequest(org.applicant.client, org);
  const local = ({ email }) => contact(email.split('@')[0], org.domain);
  await saveRequest(org.applicant.client, id, {
    contacts: { technical: local(former), business: local(stopped) },
  });
  (await org.applicant.client.post(`/v1/requests/${id}/submission`)).expect(200);
  (await decide(instructor.client, id, 'approve')).expect(201);
  await remove(former);
  await suspend(stopped);

  (await org.applicant.client.post(`/v1/requests/${id}/reopening`)).expect(200);
  (
    await org.applicant.client.request('DELETE', `/v1/requests/${id}/reopening`, undefined, {
      etag: (await org.applicant.client.get(`/v1/requests/${id}`)).etag,
    })
  ).expect(200);
  const { body } = (await org.applicant.client.get(`/v1/requests/${id}`)).expect(200);
  assert.equal(
    body.contacts.technical.email,
    null,
    'what was granted does not bring an address back',
  );
  assert.equal(body.contacts.business.email, stopped.email);

  const { mails, to } = await sentBy(smtp, async () =>
    (await decide(instructor.client, id, 'revoke', { reason: 'Fin' })).expect(201),
  );
  const left = [`direction@${org.domain}`, `dpo@${org.domain}`];
  const about = mails.map(({ mail }) => mail.to);
  assert.deepEqual([...new Set(about)].toSorted(), [org.applicant.email, ...left].toSorted());
  assert.ok(to(/./).length >= 3);
});

test('an_account_that_carries_requests_is_not_deleted_unawares', async (t) => {
  const smtp = await mailer.listen(t);
  const org = await organisation(SIRETS.NANTES);
  const sentOff = await submitRequest(org.applicant.client, org);
  const draft = await draftRequest(org.applicant.client, org);
  const other = await submitRequest(org.applicant.client, org);
  (await decide(instructor.client, other.id, 'refuse', { reason: 'Non' })).expect(201);

  const { body } = (await org.applicant.client.delete('/v1/account')).expect(409);
  assert.equal(body.type, '/problems/live-requests');
  assert.deepEqual(
    body.requests.map(({ id, number, state }) => ({ id, number, state })),
    [
      { id: sentOff.id, number: sentOff.number, state: 'submitted' },
      { id: draft.id, number: draft.number, state: 'draft' },
    ],
    'one that was refused does not stand in the way',
  );
  assert.ok(body.detail.includes(`(${sentOff.number}, ${draft.number})`), body.detail);
  assert.match(body.detail, /Transférez-les/);
  (await org.applicant.client.get('/v1/account')).expect(200);
  const no = { leave_requests: 'oui' };
  (await org.applicant.client.request('DELETE', '/v1/account', no)).expect(422);

  const to = { email: org.one.email };
  (await org.applicant.client.post(`/v1/requests/${draft.id}/transfer`, to)).expect(200);
  const left = await sentBy(smtp, () => remove(org.applicant));
  assert.deepEqual(left.to(/n’ont plus de demandeur/), org.members);
  const { mail } = left.mails.find(({ mail: { subject } }) => /plus de demandeur/.test(subject));
  assert.ok(mail.text.includes(`- ${sentOff.number} `), mail.text);
  assert.ok(!mail.text.includes(draft.number), 'one that was transferred is not left');
  const seen = (await instructor.client.get(`/v1/requests/${sentOff.id}`)).expect(200).body;
  assert.equal(seen.applicant_valid, false);
  const free = await logInAs(server, org);
  (await free.client.delete('/v1/account')).expect(204);
});
