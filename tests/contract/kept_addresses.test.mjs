// Addresses of before: an instructor who is named under one judges nothing, and whom support kept out of an organisation
// does not come back by a new account.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { activate, logInAs, randomWord, register, signUp } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { runJob } from '../support/jobs.mjs';
import { cast, contact, decide, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

let server;
let support;
before(async () => {
  server = await startServer();
  support = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'support',
  });
});
after(() => server.stop());

const rows = (sql) => server.database.rows(sql);
const newDomain = () => `d${randomWord()}.example`;
const ask = (client, email) => client.post('/v1/account/email', { email });

async function change(client, email) {
  (await ask(client, email)).expect(202);
  const { token } = await server.mailbox.take({ to: email, subject: /Confirmez/ });
  (await client.post('/v1/account/email-confirmation', { token })).expect(204);
}

/** An instructor with an address of the applicant's domain, and a request that names them there once they are `named`. */
async function tempted() {
  const { applicant, domain } = await cast(server);
  const judge = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'instructor:api-entreprise',
  });
  const patch = { contacts: { technical: contact('juge', domain) } };
  const { id } = await submitRequest(applicant.client, { domain, patch });
  return { applicant, domain, judge, id, named: `juge@${domain}` };
}

async function assertJudgesNothing(judge, id) {
  const { body } = (await judge.client.get(`/v1/requests/${id}`)).expect(200);
  assert.equal(body.conflict, 'contact');
  const answer = (await decide(judge.client, id, 'approve')).expect(403);
  assert.match(answer.body.detail, /contact de cette demande/);
}

// --- the history

test('an_instructor_who_is_named_under_a_former_address_judges_nothing', async () => {
  const { applicant, judge, id, named } = await tempted();
  await change(judge.client, named);
  await assertJudgesNothing(judge, id);
  await change(judge.client, judge.email);
  await assertJudgesNothing(judge, id);
  const { body } = (await judge.client.get('/v1/requests?state=submitted')).expect(200);
  assert.ok(!body.items.find((row) => row.id === id)?.notes_count, 'nor as staff in the list');
  // Named anew, under an address of long before.
  const { id: another } = await submitRequest(applicant.client, {
    domain: named.split('@')[1],
    patch: { contacts: { business: { ...contact('x'), email: named.toUpperCase() } } },
  });
  await assertJudgesNothing(judge, another);
});

test('an_instructor_who_is_named_under_an_address_that_waits_judges_nothing', async () => {
  const { judge, id, named } = await tempted();
  (await ask(judge.client, named)).expect(202);
  await assertJudgesNothing(judge, id);
  // It never became theirs.
  await server.database.sql(
    `update link set expires_at = now() - interval '1 second' where payload ->> 'email' = '${named}'`,
  );
  (await decide(judge.client, id, 'approve')).expect(201);
});

test('a_former_address_gives_no_right', async () => {
  const { applicant, domain, judge, named } = await tempted();
  await change(judge.client, named);
  await change(judge.client, judge.email);
  await server.database.sql(
    `delete from staff_role where account_id = '${judge.session.account.id}'`,
  );
  const { id } = await submitRequest(applicant.client, {
    domain,
    patch: { contacts: { technical: contact('juge', domain) } },
  });
  (await judge.client.get(`/v1/requests/${id}`)).expect(404);
});

test('former_addresses_are_exported_bounded_and_forgotten', async () => {
  const person = await logInAs(server, { siret: SIRETS.LYON });
  const { id } = person.session.account;
  const next = `suite@${newDomain()}`;
  await change(person.client, next);
  const { body } = (await person.client.get('/v1/account/export')).expect(200);
  assert.deepEqual(
    body.former_emails.map(({ email }) => email),
    [person.email],
  );
  const kept = () => rows(`select email from account_former_email where account_id = '${id}'`);
  await server.database.sql(`insert into account_former_email (account_id, email_key, email)
    select '${id}', n || '@x.example', n || '@x.example' from generate_series(1, 18) n`);
  await change(person.client, `encore@${newDomain()}`);
  const refused = (await ask(person.client, `trop@${newDomain()}`)).expect(409);
  assert.match(refused.body.detail, /vingt autres adresses/);
  assert.equal((await kept()).length, 20);
  await server.database.sql(
    `update account_former_email set until = now() - interval '25 months' where email = '${next}'`,
  );
  await server.database.sql(
    `update account_former_email set until = now() - interval '23 months' where email = '1@x.example'`,
  );
  await runJob(server, 'retain_accounts');
  const emails = (await kept()).map(({ email }) => email);
  assert.equal(emails.length, 19);
  assert.ok(!emails.includes(next));
  (await ask(person.client, `trop@${newDomain()}`)).expect(202);
  (await person.client.delete('/v1/account')).expect(204);
  assert.deepEqual(await kept(), []);
});

// --- support's verdict outlives the account

/** A colleague of the first member, so that their domain alone would attach them. */
async function attached(siret) {
  const domain = newDomain();
  await logInAs(server, { siret, domain });
  const { email, status, password } = await signUp(server, { siret, domain });
  assert.equal(status, 'active');
  const client = server.client();
  await client.logIn(email, password);
  const { memberships } = (await client.get('/v1/session')).body;
  return { domain, email, client, membership: memberships[0].id, siret, password };
}

const end = async ({ membership }) =>
  (await support.client.post(`/v1/memberships/${membership}/ending`, { reason: 'Parti.' })).expect(
    200,
  );
const comeBack = ({ email, siret }) => signUp(server, { email, siret });
const remove = async ({ client }) => (await client.delete('/v1/account')).expect(204);

async function caseOf({ email, siret }) {
  const { body } = await support.client.get(`/v1/memberships?state=suspended&siret=${siret}`);
  return body.items.find(({ account }) => account.email === email);
}

async function accept({ id, version }) {
  const etag = `"${version}"`;
  const path = `/v1/memberships/${id}/resolution`;
  (await support.client.post(path, { outcome: 'accept' }, { etag })).expect(200);
}

test('a_verdict_is_not_forgotten_with_the_account', async () => {
  const person = await attached(SIRETS.LILLE);
  await end(person);
  await remove(person);
  await mailsDone(server);
  const kept = await rows(
    `select x::text as text from membership_exclusion x where siret = '${SIRETS.LILLE}'`,
  );
  assert.equal(kept.length, 1);
  assert.doesNotMatch(kept[0].text, new RegExp(person.domain), 'the address under a hash');
  // The sign-up says the same to everybody; the holder of the mailbox is told.
  const again = await register(server, { email: person.email, siret: person.siret });
  const preview = await server.client().post('/v1/accounts/activation/preview', {
    token: again.token,
  });
  assert.equal(preview.expect(200).body.likely, 'other_domain');
  const answer = await activate(server.client(), again.token);
  assert.equal(answer.expect(200).body.status, 'suspended');
  await server.mailbox.take({ to: person.email, subject: /doit être vérifié/ });
  const row = await caseOf(person);
  assert.equal(row.evidence.excluded_before, true);
  // Another person of the domain is attached as ever.
  const colleague = await signUp(server, { siret: SIRETS.LILLE, domain: person.domain });
  assert.equal(colleague.status, 'active');
  // Accepted: nothing is kept any longer.
  await accept(row);
  const client = server.client();
  await client.logIn(person.email, person.password);
  await remove({ client });
  assert.equal((await comeBack(person)).status, 'active');
});

test('who_was_kept_out_waits_again_after_a_second_deletion', async () => {
  const person = await attached(SIRETS.RENNES);
  await end(person);
  await remove(person);
  for (let i = 0; i < 2; i++) {
    assert.equal((await comeBack(person)).status, 'suspended');
    const client = server.client();
    await client.logIn(person.email, person.password);
    await remove({ client });
  }
});

test('a_verdict_holds_for_every_address_of_the_account', async () => {
  const person = await attached(SIRETS.NANTES);
  await end(person);
  const next = `suite@${person.domain}`;
  await change(person.client, next);
  // The former address is free, and the account that was refused is there.
  const second = await signUp(server, { email: person.email, siret: person.siret });
  assert.equal(second.status, 'suspended');
  const { evidence } = await caseOf(person);
  assert.equal(evidence.excluded_before, true);
  await remove(person);
  assert.equal((await signUp(server, { email: next, siret: person.siret })).status, 'suspended');
});

test('a_case_that_waits_for_support_waits_after_a_deletion_or_a_departure', async () => {
  const person = await attached(SIRETS.TOULOUSE);
  const colleague = await logInAs(server, { siret: person.siret, domain: person.domain });
  const report = () =>
    colleague.client.post(`/v1/memberships/${person.membership}/report`, { comment: 'Qui ?' });
  (await report()).expect(204);
  (await person.client.delete(`/v1/memberships/${person.membership}`)).expect(204);
  const joined = await person.client.post(`/v1/organisations/${person.siret}/members`);
  assert.equal(joined.expect(201).body.state, 'suspended');
  await accept(await caseOf(person));
  (await person.client.delete(`/v1/memberships/${person.membership}`)).expect(204);
  const back = await person.client.post(`/v1/organisations/${person.siret}/members`);
  assert.equal(back.expect(201).body.state, 'active', 'who merely left comes back');
  (await report()).expect(204);
  await remove(person);
  assert.equal((await comeBack(person)).status, 'suspended');
});

test('a_verdict_on_a_deleted_account_is_forgotten_after_24_months', async () => {
  const person = await attached(SIRETS.MARSEILLE);
  await end(person);
  await remove(person);
  const kept = () =>
    rows(`select 1 as x from membership_exclusion where siret = '${person.siret}'`);
  const grow = (ago) =>
    server.database.sql(
      `update membership_exclusion set at = now() - interval '${ago}' where siret = '${person.siret}'`,
    );
  await grow('23 months');
  await runJob(server, 'retain_accounts');
  assert.equal((await kept()).length, 1);
  await grow('25 months');
  await runJob(server, 'retain_accounts');
  assert.deepEqual(await kept(), []);
  assert.equal((await comeBack(person)).status, 'active');
});

test('a_verdict_outlives_a_rotation_of_the_master_key', async () => {
  const person = await attached(SIRETS.BORDEAUX);
  await end(person);
  await remove(person);
  await server.end();
  const former = await readFile(join(server.dataDir, 'master.key'), 'utf8');
  const next = randomBytes(32).toString('base64');
  server.env.GUICHET_MASTER_KEY = `${next}\n${former}`;
  await server.database.sql("update master_key set seen_at = now() - interval '1 hour'");
  await server.command(['rotate-master-key']);
  server.env.GUICHET_MASTER_KEY = next;
  await server.start();
  assert.equal((await comeBack(person)).status, 'suspended');
});
