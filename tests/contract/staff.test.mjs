// Roles of the staff, the audit trail, and the commands that create people.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAccount, logInAs, PASSWORD, signUp } from '../support/accounts.mjs';
import { draftRequest } from '../support/requests.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

const PRODUCT = 'api-entreprise';
let server;
let admin;
let manager;
before(async () => {
  server = await startServer();
  admin = await logInAs(server, { siret: SIRETS.DINUM, role: 'admin' });
  manager = await logInAs(server, { siret: SIRETS.DINUM, role: `manager:${PRODUCT}` });
});
after(() => server.stop());

const grant = (who, email, role, product) =>
  who.client.post('/v1/staff', { email, role, ...(product && { product }) });
const withdraw = (who, email, role, product) =>
  who.client.request('DELETE', '/v1/staff', { email, role, ...(product && { product }) });

describe('roles', () => {
  test('are_granted_by_managers_within_their_product', async () => {
    const { email } = await createAccount(server);
    const answer = (await grant(manager, email, 'instructor', PRODUCT)).expect(201);
    assert.equal(answer.body.account.email, email);
    assert.equal(answer.body.granted_by.email, manager.email);
    (await grant(manager, email, 'instructor', PRODUCT)).expect(409);
    (await grant(manager, email, 'manager', PRODUCT)).expect(403);
    (await grant(manager, email, 'admin')).expect(403);
    (await grant(manager, email, 'support')).expect(403);
    (await grant(manager, email, 'reporter', 'api-particulier')).expect(403, 422);
    const client = server.client();
    const { account } = (await client.logIn(email, PASSWORD)).body;
    assert.deepEqual(account.roles, [{ role: 'instructor', product: PRODUCT }]);
    (await withdraw(manager, email, 'instructor', PRODUCT)).expect(204);
    (await withdraw(manager, email, 'instructor', PRODUCT)).expect(409);
    assert.deepEqual((await client.get('/v1/session')).body.account.roles, []);
  });

  test('cannot_be_changed_by_their_holder', async () => {
    (await grant(manager, manager.email, 'reporter', PRODUCT)).expect(403);
    (await withdraw(admin, admin.email, 'admin')).expect(403);
  });

  test('cannot_be_granted_by_other_roles', async () => {
    const { email } = await createAccount(server);
    const instructor = await logInAs(server, { role: `instructor:${PRODUCT}` });
    (await grant(instructor, email, 'reporter', PRODUCT)).expect(403);
    const nobody = await logInAs(server);
    (await grant(nobody, email, 'reporter', PRODUCT)).expect(403);
    (await nobody.client.get('/v1/staff')).expect(403);
  });

  test('require_a_product_or_refuse_one', async () => {
    const { email } = await createAccount(server);
    const codes = async (...args) => (await grant(admin, ...args)).expect(422).codes;
    assert.deepEqual(await codes(email, 'instructor'), { '/product': 'required' });
    assert.deepEqual(await codes(email, 'support', PRODUCT), { '/product': 'not_allowed' });
    assert.deepEqual(await codes(email, 'reporter', 'api-lune'), { '/product': 'unknown_value' });
    assert.deepEqual(await codes(email, 'king'), { '/role': 'unknown_value' });
    assert.deepEqual(await codes(`nobody-${email}`, 'support'), { '/email': 'not_found' });
  });

  test('are_paginated_and_shown_within_the_products_of_the_caller', async () => {
    const all = (await admin.client.get('/v1/staff?limit=100')).expect(200).body.items;
    assert.ok(all.some(({ role }) => role === 'admin'));
    const own = (await manager.client.get('/v1/staff?limit=100')).expect(200).body.items;
    assert.ok(own.every(({ product }) => product === PRODUCT));
    const first = (await admin.client.get('/v1/staff?limit=1')).expect(200).body;
    const next = await admin.client.get(`/v1/staff?limit=1&cursor=${first.next_cursor}`);
    assert.notDeepEqual(next.expect(200).body.items, first.items);
  });

  test('cannot_be_withdrawn_from_the_last_administrator', async () => {
    const second = await logInAs(server, { siret: SIRETS.DINUM, role: 'admin' });
    (await withdraw(admin, second.email, 'admin')).expect(204);
    (await admin.client.delete('/v1/account')).expect(409);
    (await withdraw(manager, admin.email, 'admin')).expect(403);
    const [{ count }] = await server.database.rows(
      `select count(*)::int from staff_role where role = 'admin'`,
    );
    assert.equal(count, 1);
  });
});

test('remain_with_one_of_two_administrators_who_withdraw_each_other_at_once', async () => {
  const second = await logInAs(server, { siret: SIRETS.DINUM, role: 'admin' });
  for (let round = 0; round < 5; round++) {
    const pair = [admin, second];
    const answers = await Promise.all([
      withdraw(admin, second.email, 'admin'),
      withdraw(second, admin.email, 'admin'),
    ]);
    const statuses = answers.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 204).length, 1, String(statuses));
    const winner = pair[statuses.indexOf(204)];
    const [{ admins }] = await server.database.rows(
      `select json_agg(a.email) as admins from staff_role s join account a on a.id = s.account_id
       where s.role = 'admin'`,
    );
    assert.deepEqual(admins, [winner.email]);
    const loser = pair.find((one) => one !== winner);
    (await grant(winner, loser.email, 'admin')).expect(201);
  }
});

describe('the audit trail', () => {
  test('shows_acts_to_administrators_and_managers_of_the_product', async () => {
    const { email, session } = await logInAs(server);
    (await grant(manager, email, 'reporter', PRODUCT)).expect(201);
    const path = `/v1/audit?action=staff.grant&object_id=${session.account.id}`;
    for (const reader of [admin, manager]) {
      const { items } = (await reader.client.get(path)).expect(200).body;
      assert.equal(items[0].actor.email, manager.email);
      assert.deepEqual(items[0].details, { role: 'reporter' });
    }
    const support = await logInAs(server, { role: 'support' });
    (await support.client.get('/v1/audit')).expect(403);
    (await admin.client.get('/v1/audit?from=yesterday')).expect(422);
    const page = (await admin.client.get('/v1/audit?limit=2')).expect(200).body;
    const rest = await admin.client.get(`/v1/audit?limit=2&cursor=${page.next_cursor}`);
    assert.ok(rest.expect(200).body.items[0].id < page.items[1].id);
    const places = async () =>
      (await admin.client.get('/v1/audit?limit=100')).expect(200).body.items.map((e) => e.place);
    await waitFor('the seals', async () => (await places()).every((place) => place !== null));
    const sorted = (await places()).sort((a, b) => b - a);
    sorted.forEach((place, i) => assert.equal(place, sorted[0] - i, 'no place is left out'));
  });

  test('names_to_a_manager_nothing_that_they_may_not_read', async () => {
    const town = await logInAs(server, { siret: SIRETS.CLAMART, domain: 'clamart.example' });
    const draft = await draftRequest(town.client, { domain: 'clamart.example' });
    const gone = await draftRequest(town.client, { domain: 'clamart.example' });
    (await town.client.delete(`/v1/requests/${gone.id}`)).expect(204);
    const hook = {
      product: PRODUCT,
      siret: SIRETS.CLAMART,
      url: 'https://si.clamart.example/',
      events: ['request.created'],
    };
    const { webhook } = (await town.client.post('/v1/webhooks', hook)).expect(201).body;
    const seen = async (reader, id) =>
      (await reader.client.get(`/v1/audit?object_id=${id}`))
        .expect(200)
        .body.items.map(({ action }) => action);
    for (const id of [draft.id, gone.id, webhook.id]) {
      assert.notDeepEqual(await seen(admin, id), [], 'it is written down');
      assert.deepEqual(await seen(manager, id), []);
    }
    const whole = (await manager.client.get('/v1/audit?limit=100')).expect(200).body;
    assert.doesNotMatch(JSON.stringify(whole), new RegExp(town.session.account.id));
    (await town.client.post(`/v1/requests/${draft.id}/submission`)).expect(200);
    assert.deepEqual(await seen(manager, draft.id), await seen(admin, draft.id));
    assert.ok((await seen(manager, draft.id)).includes('request.create'));
  });

  test('keeps_every_act_on_memberships', async () => {
    const siret = SIRETS.LILLE;
    const support = await logInAs(server, { siret: SIRETS.DINUM, role: 'support' });
    const member = await logInAs(server, { siret, domain: 'lille.example' });
    await signUp(server, { siret, domain: 'ailleurs.example' });
    const path = `/v1/memberships?state=suspended&siret=${siret}`;
    const [{ id, version }] = (await support.client.get(path)).expect(200).body.items;
    const resolve = async (verdict, version) =>
      support.client.post(`/v1/memberships/${id}/resolution`, verdict, { etag: `"${version}"` });
    const accepted = await resolve({ outcome: 'accept', trust_domain: true }, version);
    (await member.client.post(`/v1/memberships/${id}/report`, {})).expect(204);
    const refusal = { outcome: 'refuse', reason: 'Inconnu.' };
    (await resolve(refusal, accepted.expect(200).body.version + 1)).expect(200);
    const domains = `/v1/organisations/${siret}/trusted-domains`;
    (await support.client.post(domains, { domain: 'autre.example' })).expect(201);
    (await support.client.delete(`${domains}/autre.example`)).expect(204);
    const joined = await member.client.post(`/v1/organisations/${SIRETS.RENNES}/members`);
    const other = joined.expect(201).body.id;
    (await member.client.delete(`/v1/memberships/${other}`)).expect(204);
    for (const [actor, action, objectId] of [
      [support, 'membership.resolve', id],
      [member, 'membership.report', id],
      [support, 'organisation.trust_domain', siret],
      [support, 'organisation.distrust_domain', siret],
      [member, 'membership.join', other],
      [member, 'membership.leave', other],
    ]) {
      const query = `/v1/audit?action=${action}&object_id=${objectId}`;
      const [entry] = (await admin.client.get(query)).expect(200).body.items;
      assert.equal(entry?.actor.email, actor.email, action);
    }
    const long = await admin.client.get(`/v1/audit?object_id=${'x'.repeat(65)}`);
    assert.deepEqual(long.expect(422).codes, { object_id: 'too_long' });
  });

  test('verifies', async () => {
    await server.command(['verify-audit']);
  });
});

describe('the commands', () => {
  test('grant_a_role_idempotently', async () => {
    const { email } = await createAccount(server);
    for (let i = 0; i < 2; i++) await server.command(['grant', email, `instructor:${PRODUCT}`]);
    const { account } = (await server.client().logIn(email, PASSWORD)).body;
    assert.deepEqual(account.roles, [{ role: 'instructor', product: PRODUCT }]);
  });

  test('report_mistakes_and_change_nothing', async () => {
    const { env } = server;
    const run = (args, input) => runProgram(args, { env, input });
    const names = ['--given-name', 'A', '--family-name', 'B'];
    const args = (email, siret) => [
      'create-account',
      email,
      '--siret',
      siret,
      ...names,
      '--password-stdin',
    ];
    const wrong = await run(args('x', '123'), 'court\n');
    assert.equal(wrong.code, 1);
    for (const word of ['EMAIL', '--siret', '--password-stdin'])
      assert.match(wrong.stderr, new RegExp(word));
    assert.equal((await run(['create-account', 'a@b.example'], '')).code, 2);
    assert.equal((await run(['grant', 'nobody@b.example', 'admin'])).code, 1);
    assert.equal((await run(['grant', admin.email, 'king'])).code, 1);
    assert.equal((await run(args(admin.email, SIRETS.DINUM), `${PASSWORD}\n`)).code, 1);
  });
});

test('seed_demo_creates_people_and_requests_once', async () => {
  const first = await server.command(['seed-demo']);
  const again = await server.command(['seed-demo']);
  assert.equal(again, first);
  const [line] = first.split('\n');
  const [email, password] = line.split(/\s+/);
  const client = server.client();
  await client.logIn(email, password);
  const { items } = (await client.get('/v1/requests')).expect(200).body;
  assert.ok(items.length > 0);
});
