// Two instructors for sensitive scopes, of a product that asks for them: the first proposes an approval, another one
// confirms it. Until then nothing is granted and nobody outside is told.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { webhooksDone } from '../support/barrier.mjs';
import { accessTokenOf, addResponsible, createProgram } from '../support/programs.mjs';
import { cast, decide, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import {
  ASKED,
  NOTHING,
  ONCE,
  PLAIN,
  PRODUCT,
  SCOPES,
  SENSITIVE,
  STAFF,
  Stage,
  closed,
  confirm,
  decline,
  idOf,
  read,
  readEtag,
} from './four_eyes/stage.mjs';

/** @type {Stage} */
let stage;
before(async () => {
  stage = await new Stage().start();
});
after(() => stage.stop());

// --- the first instructor

test('a_first_approval_of_a_sensitive_scope_grants_nothing_and_tells_nobody_outside', async () => {
  const [first, second] = stage.instructors;
  const { id, number } = await stage.submit();
  const before = await read(second, id);
  const answer = (
    await decide(first.client, id, 'approve', { message: 'Bienvenue.', reason: 'Tout y est.' })
  ).expect(202);
  assert.equal(answer.body.request_version, before.body.version + 1);
  assert.equal(answer.etag, `"${answer.body.request_version}"`);
  assert.deepEqual(closed(answer.body.granted_scopes), SCOPES);
  assert.equal(answer.body.message, 'Bienvenue.');
  assert.equal(answer.body.proposed_by.id, idOf(first));
  assert.deepEqual(await stage.traces(id), NOTHING);
  // What each of them reads.
  const { body: other } = await read(second, id);
  assert.equal(other.state, 'submitted');
  assert.equal(other.decided_at, null);
  assert.deepEqual(other.proposal, answer.body);
  assert.ok(other.permissions.includes('confirm') && other.permissions.includes('decline'));
  assert.ok(!other.permissions.includes('approve'));
  const { body: own } = await read(first, id);
  assert.ok(own.permissions.includes('decline') && !own.permissions.includes('confirm'));
  const { body: asked } = await read(stage.applicant, id);
  assert.equal(asked.proposal, null);
  const events = async (who) =>
    (await who.client.get(`/v1/requests/${id}/events`)).body.items.map(({ event }) => event);
  assert.deepEqual((await events(second)).slice(0, 2), ['propose', 'submit']);
  assert.ok(!(await events(stage.applicant)).includes('propose'));
  const [{ detail }] = await stage.rows(
    `select detail from audit where subject_id = '${id}' and action = 'request.propose'`,
  );
  assert.deepEqual(closed(detail.granted_scopes), SCOPES);
  // The other instructors are told; the first, the applicant and the contacts are not.
  for (const { email } of stage.instructors.slice(1)) {
    const mail = await stage.server.mailbox.take({
      to: email,
      subject: new RegExp(`Seconde validation attendue : ${number}`),
    });
    assert.match(mail.text, new RegExp(`/instruction/${id}`));
    assert.match(mail.raw, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m);
  }
  assert.deepEqual(await stage.mailsSince(id), ['request_to_confirm']);
  const toFirst = await stage.rows(
    `select 1 as x from outbox where template = 'request_to_confirm' and account_id = '${idOf(first)}'`,
  );
  assert.deepEqual(toFirst, []);
  await webhooksDone(stage.server);
  assert.deepEqual(stage.toldOf(id), []);
});

test('the_list_shows_what_waits_for_a_second_instructor', async () => {
  const [first, second] = stage.instructors;
  const id = await stage.proposed();
  const reporter = await logInAs(stage.server, { ...STAFF, role: `reporter:${PRODUCT}` });
  const waits = async (who, query = '') => {
    const { body } = (await who.client.get(`/v1/requests?limit=100${query}`)).expect(200);
    return body.items.find((row) => row.id === id)?.awaits_second;
  };
  assert.equal(await waits(second), true);
  assert.equal(await waits(reporter), true);
  assert.equal(await waits(stage.applicant), false);
  const mine = '&relation=second_instructor';
  assert.equal(await waits(second, mine), true);
  for (const who of [first, reporter, stage.applicant])
    assert.equal(await waits(who, mine), undefined);
  (await confirm(second, id)).expect(201);
  assert.equal(await waits(second), false);
  assert.equal(await waits(second, mine), undefined);
});

test('an_approval_without_a_sensitive_scope_needs_one_instructor', async () => {
  const { id } = await stage.submit({ scopes: [PLAIN], patch: undefined });
  const { body } = (await decide(stage.instructors[0].client, id, 'approve')).expect(201);
  assert.equal(body.proposed_by, null);
  assert.deepEqual(await stage.traces(id), ONCE);
  // Asked for, and not granted.
  const other = await stage.submit();
  const less = { granted_scopes: [PLAIN], reason: 'Sans les bilans.' };
  (await decide(stage.instructors[0].client, other.id, 'approve', less)).expect(201);
  assert.deepEqual(await stage.traces(other.id), ONCE);
});

test('a_product_that_does_not_ask_for_two_needs_one_instructor', async () => {
  const { body } = (await stage.server.client().get('/v1/products')).expect(200);
  assert.deepEqual(
    body.items.map(({ id, four_eyes }) => [id, four_eyes]),
    [
      [PRODUCT, true],
      ['api-particulier', false],
    ],
  );
  const own = await startServer();
  try {
    const people = await cast(own);
    const { id } = await submitRequest(people.applicant.client, {
      domain: people.domain,
      ...ASKED,
    });
    (await decide(people.instructor.client, id, 'approve')).expect(201);
  } finally {
    await own.stop();
  }
});

// --- the second one

test('another_instructor_confirms_and_the_whole_approval_happens_once', async () => {
  const [first, second] = stage.instructors;
  const { id, number } = await stage.submit();
  const partial = { granted_scopes: [SENSITIVE], reason: 'Sans les attestations.' };
  (await decide(first.client, id, 'approve', { ...partial, message: 'Bienvenue.' })).expect(202);
  const { body } = (await confirm(second, id)).expect(201);
  assert.equal(body.outcome, 'approve');
  assert.equal(body.decided_by.id, idOf(second));
  assert.equal(body.proposed_by.id, idOf(first));
  assert.deepEqual(closed(body.granted_scopes), [SENSITIVE]);
  assert.deepEqual(body.refused_scopes, [PLAIN]);
  assert.deepEqual([body.reason, body.message], [partial.reason, 'Bienvenue.']);
  assert.deepEqual(await stage.traces(id), ONCE);
  const { body: request } = await read(stage.applicant, id);
  assert.equal(request.state, 'approved');
  const { body: token } = await stage.applicant.client.get(`/v1/tokens/${request.token_id}`);
  assert.deepEqual(closed(token.scopes), [SENSITIVE]);
  const [{ detail, actor }] = await stage.rows(
    `select detail, actor_id as actor from audit where subject_id = '${id}' and action = 'request.approve'`,
  );
  assert.deepEqual([actor, detail.proposed_by], [idOf(second), idOf(first)]);
  const { body: shown } = await stage.applicant.client.get(`/v1/requests/${id}/decisions`);
  assert.deepEqual([shown.items[0].decided_by, shown.items[0].proposed_by], [null, null]);
  await stage.server.mailbox.take({ to: stage.applicant.email, subject: new RegExp(`${number}`) });
  await stage.listener.take('request.approved', (event) => JSON.stringify(event).includes(id));
  await webhooksDone(stage.server);
  assert.equal(stage.toldOf(id).length, 1);
  // Who judged, as the first or the second, has no power over the token, whatever they became.
  for (const one of [first, second]) {
    const { email } = one;
    await stage.server.database.sql(
      `update account set email = 'technique@${stage.domain}', email_key = 'technique@${stage.domain}' where id = '${idOf(one)}'`,
    );
    (await one.client.post(`/v1/tokens/${request.token_id}/reveal`)).expect(403);
    await stage.server.database.sql(
      `update account set email = '${email}', email_key = '${email}' where id = '${idOf(one)}'`,
    );
  }
});

test('nobody_else_confirms_and_nobody_confirms_what_they_have_not_read', async () => {
  const [first, second] = stage.instructors;
  const path = (id) => `/v1/requests/${id}/proposal/confirmation`;
  const { id: none } = await stage.submit();
  const missing = (await confirm(second, none)).expect(409);
  assert.match(missing.body.detail, /Aucune acceptation n’attend/);
  (await decline(second, none, { reason: 'x' })).expect(409);
  const before = await readEtag(second, none);
  (await decide(first.client, none, 'approve')).expect(202);
  const own = (await confirm(first, none)).expect(403);
  assert.match(own.body.detail, /une autre personne doit la confirmer/);
  (await second.client.post(path(none))).expect(428);
  (await second.client.post(path(none), undefined, { etag: before })).expect(412);
  (await second.client.post(path(none), { outcome: 'approve' }, { etag: before })).expect(422);
  const reporter = await logInAs(stage.server, { ...STAFF, role: `reporter:${PRODUCT}` });
  const elsewhere = await logInAs(stage.server, { ...STAFF, role: 'instructor:api-particulier' });
  const member = await logInAs(stage.server, {
    domain: stage.domain,
    role: `instructor:${PRODUCT}`,
  });
  const named = await stage.instructor(`technique@${stage.domain}`);
  for (const [who, status] of [
    [stage.applicant, 403],
    [reporter, 403],
    [member, 403],
    [named, 403],
    [stage.admin, 403],
    [elsewhere, 404],
  ]) {
    (await confirm(who, none)).expect(status);
    (await decline(who, none, { reason: 'x' })).expect(status);
  }
  for (const one of [member, named]) {
    const { body } = await read(one, none);
    assert.equal(body.proposal, null, 'nor do they see it');
  }
  // Another approval waits for this one.
  const again = (await decide(second.client, none, 'approve')).expect(409);
  assert.match(again.body.detail, /attend déjà une seconde validation/);
  (await decide(second.client, none, 'approve', { granted_scopes: [PLAIN], reason: 'x' })).expect(
    409,
  );
  assert.deepEqual(await stage.traces(none), NOTHING);
  (await confirm(second, none)).expect(201);
  (await confirm(stage.instructors[2], none)).expect(409);
  assert.deepEqual(await stage.traces(none), ONCE);
  await stage.server.database.sql(`delete from staff_role where account_id in
    ('${idOf(member)}', '${idOf(named)}', '${idOf(elsewhere)}', '${idOf(reporter)}')`);
});

test('an_approval_without_an_applicant_is_not_confirmed', async () => {
  const people = await cast(stage.server);
  const { id } = await submitRequest(people.applicant.client, { domain: people.domain, ...ASKED });
  (await decide(stage.instructors[0].client, id, 'approve')).expect(202);
  await stage.server.database.sql(
    `update membership set state = 'refused' where account_id = '${idOf(people.applicant)}'`,
  );
  (await confirm(stage.instructors[1], id)).expect(409);
  assert.deepEqual(await stage.traces(id), NOTHING);
});

// --- programs

const program = (person, name) =>
  createProgram(person, { name, product: PRODUCT, scopes: ['requests:read', 'requests:write'] });

async function actAs(made) {
  const bearer = await accessTokenOf(stage.server, made);
  const client = stage.server.client();
  const send =
    (method) =>
    (path, body, options = {}) =>
      client.request(method, path, body, { ...options, bearer });
  const post = send('POST');
  const get = (path) => client.get(path, { bearer });
  return { client: { post, get, request: (m, p, b, o) => send(m)(p, b, o) } };
}

test('a_program_neither_proposes_confirms_nor_declines', async () => {
  const [first, second] = stage.instructors;
  const robot = await program(first, 'Robot');
  await addResponsible(first, robot, second);
  const machine = await actAs(robot);
  const { id: other } = await stage.submit();
  (await decide(machine.client, other, 'approve')).expect(403);
  assert.deepEqual(await stage.traces(other), NOTHING);
  assert.equal((await first.client.get(`/v1/requests/${other}`)).body.proposal, null);
  // Who made it and knows its secret leaves it to the other one: it stays what the first one could use.
  const id = await stage.proposed();
  (await confirm(machine, id)).expect(403);
  const own = `${robot.path}/responsible-persons/${idOf(first)}`;
  (await first.client.delete(own)).expect(200, 204);
  (await confirm(machine, id)).expect(403);
  (await confirm(await actAs(robot), id)).expect(403);
  (await decline(machine, id)).expect(403);
  assert.deepEqual(await stage.traces(id), NOTHING);
  (await confirm(second, id)).expect(201);
  assert.deepEqual(await stage.traces(id), ONCE);
  // What needs one person only stays open to it.
  const { id: third } = await stage.submit();
  const less = { granted_scopes: [PLAIN], reason: 'Le reste n’est pas utile.' };
  (await decide(machine.client, third, 'approve', less)).expect(201);
});
