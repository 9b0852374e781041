// A program has the rights of its responsible persons, and outlives any one of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAccount, logInAs } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { runJob } from '../support/jobs.mjs';
import {
  accessTokenOf,
  addResponsible,
  askAccessToken,
  createProgram,
} from '../support/programs.mjs';
import { decide, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { totpCode } from '../support/totp.mjs';

const PRODUCT = 'api-entreprise';
const ORGANISATION = SIRETS.RENNES;
const READING = { name: 'Lecture', siret: ORGANISATION, scopes: ['tokens:read', 'requests:read'] };
const LYON = { siret: SIRETS.LYON, domain: 'lyon.example' };

let server;
before(async () => {
  server = await startServer({ env: { GUICHET_STAFF_SECOND_FACTOR: 'on' } });
});
after(() => server?.stop());

const sql = (text) => server.database.sql(text);
const idOf = ({ email }) => `(select id from account where email = '${email}')`;
const join = (siret = ORGANISATION) => logInAs(server, { siret });

/** Staff of the product with the second factor that their role asks for. */
async function joinStaff(role, siret = LYON) {
  const person = await logInAs(server, { ...siret, role: `${role}:${PRODUCT}` });
  await enrol(person);
  return person;
}

async function enrol({ client }) {
  const { secret } = (await client.post('/v1/account/second-factor')).expect(201).body;
  const code = totpCode(secret);
  (await client.post('/v1/account/second-factor/confirmation', { code })).expect(200);
}

const create = (person, members) => createProgram(person, { ...READING, ...members });
const ask = (program) => askAccessToken(server, program);
const bearerOf = (program) => accessTokenOf(server, program);
const add = addResponsible;

const remove = (by, { path }, whom) =>
  by.client.delete(`${path}/responsible-persons/${whom.session.account.id}`);

async function expectStopped(program, bearer) {
  const refused = (await server.client().get('/v1/tokens', { bearer })).expect(401);
  assert.equal(refused.body.type, '/problems/program-stopped');
  assert.match(refused.headers['www-authenticate'], /error="invalid_token", error_description=/);
  const denied = (await ask(program)).expect(401);
  assert.equal(denied.body.error, 'invalid_client');
  assert.match(denied.body.error_description, /arrêté/);
}

async function expectRunning(program, bearer) {
  (await server.client().get('/v1/tokens', { bearer })).expect(200);
  (await ask(program)).expect(200);
}

// --- whose it is

test('belongs_to_the_organisation_and_is_managed_by_who_answers_for_it', async () => {
  const [maker, colleague, stranger] = [await join(), await join(), await join(SIRETS.LILLE)];
  const { client: made, path, id } = await create(maker);
  assert.equal(made.state, 'active');
  assert.equal(made.relation, 'responsible');
  assert.deepEqual(
    made.responsible_persons.map(({ account, state }) => [account.email, state]),
    [[maker.email, 'active']],
  );
  const seen = (await colleague.client.get(path)).expect(200).body;
  assert.equal(seen.relation, 'colleague');
  assert.deepEqual(seen.secrets, []);
  const lists = async ({ client }, relation) => {
    const query = relation ? `&relation=${relation}` : '';
    const { items } = (await client.get(`/v1/clients?limit=100${query}`)).expect(200).body;
    return items.some((one) => one.id === id);
  };
  assert.equal(await lists(maker), true);
  assert.equal(await lists(colleague), false);
  assert.equal(await lists(colleague, 'colleague'), true);
  assert.equal(await lists(colleague, 'any'), true);
  assert.equal(await lists(stranger, 'any'), false);
  (await maker.client.get('/v1/clients?relation=x')).expect(422);
  for (const [method, below, body, options] of [
    ['PATCH', '', { name: 'x' }, { etag: '"1"' }],
    ['DELETE', ''],
    ['POST', '/secrets'],
    ['POST', '/responsible-persons', { email: colleague.email }],
    ['DELETE', `/responsible-persons/${maker.session.account.id}`],
    ['DELETE', `/secrets/${made.secrets[0].id}`],
  ]) {
    const refused = await colleague.client.request(method, path + below, body, options);
    refused.expect(403);
    (await stranger.client.request(method, path + below, body, options)).expect(404);
  }
  (await stranger.client.get(path)).expect(404);
  (await stranger.client.post(`${path}/takeover`, { keep_secrets: true })).expect(404);
  (await colleague.client.post(`${path}/takeover`, { keep_secrets: true })).expect(409);
});

test('shows_a_program_to_no_external_or_suspended_member', async () => {
  const [maker, colleague] = [await join(), await join()];
  const { path } = await create(maker);
  for (const state of ['external', 'suspended', 'refused', 'left']) {
    await sql(`update membership set state = '${state}' where account_id = ${idOf(colleague)}`);
    (await colleague.client.get(path)).expect(404);
  }
});

// --- the ways of losing the ground

const LOSSES = {
  their_membership_ended: ['membership', "state = 'left'", "state = 'active'"],
  their_membership_is_suspended: ['membership', "state = 'suspended'", "state = 'active'"],
  they_are_external_now: ['membership', "state = 'external'", "state = 'active'"],
  they_were_refused: ['membership', "state = 'refused'", "state = 'active'"],
  their_account_is_suspended: [
    'account',
    "suspended_at = now(), suspension_reason = 'x'",
    'suspended_at = null, suspension_reason = null',
  ],
};

for (const [name, [table, lost, regained]] of Object.entries(LOSSES)) {
  test(`stops_a_program_of_an_organisation_when ${name}`, async () => {
    const maker = await join();
    const program = await create(maker);
    const bearer = await bearerOf(program);
    const set = (what) => {
      const column = table === 'account' ? 'id' : 'account_id';
      return sql(`update ${table} set ${what} where ${column} = ${idOf(maker)}`);
    };
    await expectRunning(program, bearer);
    await set(lost);
    await expectStopped(program, bearer);
    const refusal = server.logs.find(
      (line) => line.event === 'program_refused' && line.id === program.id,
    );
    assert.equal(refusal.reason, 'no_responsible_person');
    await set(regained);
    await expectRunning(program, bearer);
  });
}

test('stops_a_program_when_its_last_person_deletes_their_account', async () => {
  const [maker, other, colleague] = [await join(), await join(), await join()];
  const program = await create(maker);
  await add(maker, program, other);
  const bearer = await bearerOf(program);
  (await maker.client.delete('/v1/account')).expect(204);
  await expectRunning(program, bearer);
  (await other.client.delete('/v1/account')).expect(204);
  await expectStopped(program, bearer);
  const seen = (await colleague.client.get(program.path)).expect(200).body;
  assert.deepEqual([seen.state, seen.responsible_persons], ['stopped', []]);
});

test('stops_a_program_of_a_product_when_the_role_is_withdrawn', async () => {
  const maker = await joinStaff('instructor');
  const program = await create(maker, { siret: null, product: PRODUCT });
  const bearer = await bearerOf(program);
  await sql(`update staff_role set product = 'api-particulier' where account_id = ${idOf(maker)}`);
  await expectStopped(program, bearer);
  await sql(`update staff_role set product = '${PRODUCT}' where account_id = ${idOf(maker)}`);
  await expectRunning(program, bearer);
  await sql(
    `update staff_role set role = 'admin', product = null where account_id = ${idOf(maker)}`,
  );
  await expectStopped(program, bearer);
});

test('stops_a_program_of_a_product_when_the_second_factor_is_gone', async () => {
  const maker = await joinStaff('instructor');
  const program = await create(maker, { siret: null, product: PRODUCT });
  const bearer = await bearerOf(program);
  await expectRunning(program, bearer);
  await sql(`delete from second_factor where account_id = ${idOf(maker)}`);
  await expectStopped(program, bearer);
  // A reporter's role asks for none.
  await sql(`update staff_role set role = 'reporter' where account_id = ${idOf(maker)}`);
  await expectRunning(program, bearer);
});

// --- whose rights

async function approve(applicant, instructor, domain) {
  const { id } = await submitRequest(applicant.client, { domain, siret: ORGANISATION });
  (await decide(instructor.client, id, 'approve')).expect(201);
  const { token_id: tokenId } = (await applicant.client.get(`/v1/requests/${id}`)).body;
  return { request: id, token: tokenId, path: `/v1/tokens/${tokenId}` };
}

test('does_what_one_of_two_may_do_and_no_longer_what_the_one_who_left_might', async () => {
  const instructor = await joinStaff('instructor');
  const domain = 'rennes.example';
  const [first, second] = [
    await logInAs(server, { siret: ORGANISATION, domain }),
    await logInAs(server, { siret: ORGANISATION, domain }),
  ];
  const ofFirst = await approve(first, instructor, domain);
  const ofSecond = await approve(second, instructor, domain);
  const program = await create(first, { scopes: ['tokens:read', 'tokens:write'] });
  const bearer = await bearerOf(program);
  const rotate = ({ path }) =>
    server.client().post(`${path}/rotation`, { overlap_days: 1 }, { bearer });
  (await rotate(ofFirst)).expect(200);
  (await rotate(ofSecond)).expect(403);
  const persons = `${program.path}/responsible-persons`;
  (await first.client.post(persons, { email: second.email })).expect(201);
  (await rotate(ofSecond)).expect(403, 'asked is not responsible');
  (await second.client.post(`${persons}/acceptance`)).expect(200);
  (await rotate(ofFirst)).expect(200);
  (await rotate(ofSecond)).expect(200);
  const whose = await server.database.rows(
    `select actor_id = ${idOf(second)} as is_second, detail ->> 'client_id' as client_id
     from audit where subject_id = '${ofSecond.token}' and action = 'token.rotate'`,
  );
  assert.deepEqual(whose, [{ is_second: true, client_id: program.id }]);
  (await remove(first, program, first)).expect(204);
  (await rotate(ofFirst)).expect(403);
  (await rotate(ofSecond)).expect(200);
  (await first.client.get(program.path)).expect(200);
  assert.equal((await first.client.get(program.path)).body.relation, 'colleague');
});

test('never_mixes_the_rights_of_two', async () => {
  const domain = 'melange.example';
  const applicant = await logInAs(server, { siret: ORGANISATION, domain });
  const { id } = await submitRequest(applicant.client, { domain, siret: ORGANISATION });
  // One may decide, but not on requests of their own organisation; the other may not decide.
  const conflicted = await joinStaff('instructor', { siret: ORGANISATION, domain });
  const reporter = await joinStaff('reporter');
  const program = await create(conflicted, {
    siret: null,
    product: PRODUCT,
    scopes: ['requests:read', 'requests:write'],
  });
  await add(conflicted, program, reporter);
  const bearer = await bearerOf(program);
  const refuse = async () => {
    const { etag } = await server.client().get(`/v1/requests/${id}`, { bearer });
    return decide(server.client(), id, 'refuse', { reason: 'Motif' }, { bearer, etag });
  };
  (await refuse()).expect(403);
  await sql(`update staff_role set role = 'instructor' where account_id = ${idOf(reporter)}`);
  (await refuse()).expect(403, 'who has a conflict judges by no program either');
  (await remove(conflicted, program, conflicted)).expect(204);
  (await refuse()).expect(201);
});

// --- nobody left

test('tells_all_who_could_take_over_once_and_is_taken_over_in_one_act', async () => {
  const siret = SIRETS.NANTES;
  const [maker, one, two] = [await join(siret), await join(siret), await join(siret)];
  const program = await create(maker, { siret });
  const bearer = await bearerOf(program);
  await runJob(server, 'stopped_programs');
  await sql(`update membership set state = 'left' where account_id = ${idOf(maker)}`);
  await runJob(server, 'stopped_programs');
  for (const person of [one, two]) {
    const mail = await server.mailbox.take({ to: person.email, subject: /programme est arrêté/ });
    assert.equal(new URL(String(mail.url)).pathname, `/programmes/${program.id}`);
  }
  await runJob(server, 'stopped_programs');
  await mailsDone(server);
  const told = await sql(`select recipient from outbox where template = 'program_stopped'`);
  assert.equal(told.filter((to) => to === one.email).length, 1);
  assert.deepEqual(
    await sql(`select action from audit where subject_id = '${program.id}' order by at, id`),
    ['client.create', 'client.stop'],
  );

  const takeover = `${program.path}/takeover`;
  (await one.client.post(takeover, {})).expect(422);
  const taken = (await one.client.post(takeover, { keep_secrets: true })).expect(200).body;
  assert.equal(taken.state, 'active');
  assert.deepEqual(
    taken.responsible_persons.map(({ account }) => account.email),
    [one.email],
  );
  await expectRunning(program, bearer);
  for (const person of [maker, one, two]) {
    await server.mailbox.take({ to: person.email, subject: /repris/ });
  }
  (await two.client.post(takeover, { keep_secrets: true })).expect(409);
  // Who comes back comes back as a colleague.
  await sql(`update membership set state = 'active' where account_id = ${idOf(maker)}`);
  assert.equal((await maker.client.get(program.path)).body.relation, 'colleague');
  // Lost again, told again.
  await sql(
    `update account set suspended_at = now(), suspension_reason = 'x' where id = ${idOf(one)}`,
  );
  await runJob(server, 'stopped_programs');
  await server.mailbox.take({ to: two.email, subject: /programme est arrêté/ });
});

test('ends_the_secrets_that_the_former_person_may_know', async () => {
  const [maker, next] = [await join(), await join()];
  const program = await create(maker);
  const bearer = await bearerOf(program);
  await sql(`update membership set state = 'left' where account_id = ${idOf(maker)}`);
  (await next.client.post(`${program.path}/takeover`, { keep_secrets: false })).expect(200);
  (await server.client().get('/v1/tokens', { bearer })).expect(401);
  (await ask(program)).expect(401);
  const { secret } = (await next.client.post(`${program.path}/secrets`)).expect(201).body;
  (await ask({ ...program, secret })).expect(200);
});

test('forgets_that_it_was_stopped_when_somebody_counts_again', async () => {
  const [maker, colleague] = [await join(), await join()];
  const { id } = await create(maker);
  const told = () => sql(`select stop_told_at is not null from client where id = '${id}'`);
  await sql(`update membership set state = 'suspended' where account_id = ${idOf(maker)}`);
  await runJob(server, 'stopped_programs');
  assert.deepEqual(await told(), ['t']);
  await server.mailbox.take({ to: colleague.email, subject: /programme est arrêté/ });
  await sql(`update membership set state = 'active' where account_id = ${idOf(maker)}`);
  await runJob(server, 'stopped_programs');
  assert.deepEqual(await told(), ['f']);
});

test('lets_one_of_two_take_over', async () => {
  const [maker, one, two] = [await join(), await join(), await join()];
  const { path } = await create(maker);
  await sql(`update membership set state = 'left' where account_id = ${idOf(maker)}`);
  const answers = await Promise.all(
    [one, two].map(({ client }) => client.post(`${path}/takeover`, { keep_secrets: true })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
});

// --- who joins and who leaves

test('asks_only_who_could_answer_for_it_and_nobody_twice', async () => {
  const [maker, colleague, stranger] = [await join(), await join(), await join(SIRETS.LILLE)];
  const program = await create(maker);
  const path = `${program.path}/responsible-persons`;
  const post = (email) => maker.client.post(path, { email });
  for (const [email, code] of [
    [stranger.email, 'not_found'],
    ['personne@rennes.example', 'not_found'],
    ['x', 'invalid_format'],
    ['', 'required'],
  ]) {
    assert.deepEqual((await post(email)).expect(422).codes, { '/email': code });
  }
  (await colleague.client.post(`${path}/acceptance`)).expect(409);
  const asked = (await post(colleague.email.toUpperCase())).expect(201);
  assert.deepEqual(
    asked.body.responsible_persons.map(({ state }) => state),
    ['active', 'asked'],
  );
  const mail = await server.mailbox.take({ to: colleague.email, subject: /invitation/ });
  assert.equal(new URL(String(mail.url)).pathname, `/programmes/${program.id}`);
  (await post(colleague.email)).expect(409);
  (await post(maker.email)).expect(409);
  // Who was asked manages nothing yet, and may decline.
  (await colleague.client.post(`${program.path}/secrets`)).expect(403);
  assert.equal((await colleague.client.get(program.path)).body.relation, 'asked');
  (await remove(colleague, program, colleague)).expect(204);
  (await remove(colleague, program, colleague)).expect(404);
  (await colleague.client.post(`${path}/acceptance`)).expect(409);
  // An invitation is taken back by who answers for the program.
  (await post(colleague.email)).expect(201);
  (await remove(maker, program, colleague)).expect(204);
  (await colleague.client.post(`${path}/acceptance`)).expect(409);
});

test('has_ten_persons_at_most', async () => {
  const maker = await join();
  const { path } = await create(maker);
  for (let i = 0; i < 10; i++) {
    const { email } = await createAccount(server, { siret: ORGANISATION });
    const answer = await maker.client.post(`${path}/responsible-persons`, { email });
    answer.expect(i < 9 ? 201 : 409);
  }
});

test('tells_the_others_who_joins_and_who_leaves', async () => {
  const [maker, second] = [await join(), await join()];
  const program = await create(maker);
  await add(maker, program, second);
  await server.mailbox.take({ to: maker.email, subject: /de plus répond/ });
  (await remove(maker, program, second)).expect(403);
  (await remove(maker, program, maker)).expect(204);
  await server.mailbox.take({ to: second.email, subject: /ne répond plus/ });
  (await maker.client.post(`${program.path}/secrets`)).expect(403);
  const last = (await remove(second, program, second)).expect(409);
  assert.match(last.body.detail, /dernière personne responsable/);
});

test('takes_off_who_does_not_count_any_more', async () => {
  const [maker, second] = [await join(), await join()];
  const program = await create(maker);
  await add(maker, program, second);
  await sql(`update membership set state = 'left' where account_id = ${idOf(second)}`);
  const { responsible_persons: persons } = (await maker.client.get(program.path)).body;
  assert.deepEqual(
    persons.map(({ state }) => state),
    ['active', 'inactive'],
  );
  (await remove(maker, program, maker)).expect(409);
  (await remove(maker, program, second)).expect(204);
});

test('keeps_one_of_two_who_leave_at_once', async () => {
  for (let round = 0; round < 8; round++) {
    const [maker, second] = [await join(), await join()];
    const program = await create(maker);
    await add(maker, program, second);
    const answers = await Promise.all([
      remove(maker, program, maker),
      remove(second, program, second),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409]);
    await bearerOf(program);
  }
});
