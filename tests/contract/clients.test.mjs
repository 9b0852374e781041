// API clients: who may create which, secrets shown once, two at a time, dead when deleted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

let server;
let member;
let manager;

before(async () => {
  server = await startServer();
  member = await logInAs(server, { siret: SIRETS.CLAMART });
  manager = await logInAs(server, { siret: SIRETS.LYON, role: 'manager:api-entreprise' });
});
after(() => server.stop());

const READING = { name: 'Lecture', siret: SIRETS.CLAMART, scopes: ['requests:read'] };

async function create(person, body = READING) {
  return (await person.client.post('/v1/clients', body)).expect(201).body;
}

function askForToken({ client, client_secret: secret }, scope) {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client.id,
    client_secret: secret,
    ...(scope && { scope }),
  });
  return server.client().post('/v1/oauth/token', form);
}

async function accessToken(made, scope) {
  return (await askForToken(made, scope)).expect(200).body.access_token;
}

test('shows_the_secret_once_and_lists_the_client', async () => {
  const made = await create(member);
  assert.ok(made.client_secret.length >= 40);
  assert.equal(made.client.last_used_at, null);
  assert.equal(made.client.secrets.length, 1);
  const read = (await member.client.get(`/v1/clients/${made.client.id}`)).expect(200);
  assert.deepEqual(read.body, made.client);
  assert.doesNotMatch(JSON.stringify(read.body), new RegExp(made.client_secret));
  const { body: page } = (await member.client.get('/v1/clients?limit=100')).expect(200);
  assert.ok(page.items.some(({ id }) => id === made.client.id));
});

test('hides_clients_from_other_organisations', async () => {
  const { client } = await create(member);
  const other = await logInAs(server, { siret: SIRETS.PARIS });
  (await other.client.get(`/v1/clients/${client.id}`)).expect(404);
  (await other.client.delete(`/v1/clients/${client.id}`)).expect(404);
  (await other.client.post(`/v1/clients/${client.id}/secrets`)).expect(404);
  (await server.client().get('/v1/clients')).expect(401);
  (await member.client.get('/v1/clients/not-an-id')).expect(404);
});

test('pages_through_the_clients', async () => {
  const person = await logInAs(server, { siret: SIRETS.CLAMART });
  const made = [];
  for (let i = 0; i < 3; i++) made.unshift((await create(person)).client.id);
  const first = (await person.client.get('/v1/clients?limit=2')).expect(200).body;
  const second = (
    await person.client.get(`/v1/clients?limit=2&cursor=${first.next_cursor}`)
  ).expect(200).body;
  assert.deepEqual(
    [...first.items, ...second.items].map(({ id }) => id),
    made,
  );
  assert.equal(second.next_cursor, null);
  assert.deepEqual((await person.client.get('/v1/clients?cursor=x')).expect(422).pointers, [
    'cursor',
  ]);
});

test('reports_every_mistake_of_a_creation_at_once', async () => {
  const body = { name: '', scopes: ['requests:read', 'all', 'requests:read', 3], extra: 1 };
  const { codes } = (await member.client.post('/v1/clients', body)).expect(422);
  assert.deepEqual(codes, {
    '/extra': 'unknown_member',
    '/name': 'required',
    '/scopes/1': 'unknown_value',
    '/scopes/2': 'duplicate',
    '/scopes/3': 'wrong_type',
    '/siret': 'required',
  });
  const both = { ...READING, product: 'api-entreprise' };
  assert.deepEqual((await manager.client.post('/v1/clients', both)).expect(422).codes, {
    '/product': 'not_allowed',
  });
  const unknown = { name: 'x', product: 'nothing', scopes: ['requests:read'] };
  assert.deepEqual((await manager.client.post('/v1/clients', unknown)).expect(422).codes, {
    '/product': 'not_found',
  });
  const write = { ...READING, scopes: ['usage:write'] };
  assert.deepEqual((await member.client.post('/v1/clients', write)).expect(422).codes, {
    '/scopes': 'not_allowed',
  });
});

test('refuses_clients_beyond_the_limit_of_the_account', async () => {
  const elsewhere = { ...READING, siret: SIRETS.PARIS };
  (await member.client.post('/v1/clients', elsewhere)).expect(403);
  const product = { name: 'x', product: 'api-entreprise', scopes: ['requests:read'] };
  (await member.client.post('/v1/clients', product)).expect(403);
  const reporter = await logInAs(server, { siret: SIRETS.LYON, role: 'reporter:api-entreprise' });
  (await reporter.client.post('/v1/clients', product)).expect(201);
  const usage = { ...product, scopes: ['usage:write'] };
  (await reporter.client.post('/v1/clients', usage)).expect(403);
  (await manager.client.post('/v1/clients', usage)).expect(201);
});

test('asks_for_a_recent_login_to_make_a_secret', async () => {
  const person = await logInAs(server, { siret: SIRETS.CLAMART });
  const { client } = await create(person);
  await server.database.sql(
    `update session set logged_in_at = now() - interval '16 minutes'
     where account_id = (select id from account where email = '${person.email}')`,
  );
  for (const path of ['/v1/clients', `/v1/clients/${client.id}/secrets`]) {
    const body = path === '/v1/clients' ? READING : {};
    const { body: problem } = (await person.client.post(path, body)).expect(403);
    assert.equal(problem.type, '/problems/recent-login-required');
  }
});

test('accepts_two_secrets_and_refuses_to_revoke_the_last', async () => {
  const made = await create(member);
  const path = `/v1/clients/${made.client.id}/secrets`;
  const second = (await member.client.post(path)).expect(201).body;
  (await member.client.post(path)).expect(409);
  const before = await accessToken(made);
  await accessToken({ client: made.client, client_secret: second.secret });
  const { body: read } = await member.client.get(`/v1/clients/${made.client.id}`);
  assert.equal(read.secrets.length, 2);
  assert.ok(read.secrets.every(({ last_used_at: at }) => at !== null));
  assert.ok(read.last_used_at);
  const first = read.secrets.find(({ id }) => id !== second.id);
  (await member.client.delete(`${path}/${first.id}`)).expect(204);
  (await member.client.delete(`${path}/${first.id}`)).expect(404);
  (await member.client.delete(`${path}/${second.id}`)).expect(409);
  (await server.client().get('/v1/tokens', { bearer: before })).expect(401);
  const form = { grant_type: 'client_credentials', client_id: made.client.id };
  const retired = new URLSearchParams({ ...form, client_secret: made.client_secret });
  (await server.client().post('/v1/oauth/token', retired)).expect(401);
  await accessToken({ client: made.client, client_secret: second.secret });
});

test('revokes_access_tokens_with_their_client', async () => {
  const made = await create(member, { ...READING, scopes: ['tokens:read'] });
  const bearer = await accessToken(made);
  (await server.client().get('/v1/tokens', { bearer })).expect(200);
  (await member.client.delete(`/v1/clients/${made.client.id}`)).expect(204);
  (await server.client().get('/v1/tokens', { bearer })).expect(401);
  (await member.client.delete(`/v1/clients/${made.client.id}`)).expect(404);
});

test('allows_only_the_operations_of_its_scopes', async () => {
  const made = await create(member, { ...READING, scopes: ['tokens:read', 'requests:read'] });
  const wide = await accessToken(made);
  const narrow = await accessToken(made, 'requests:read');
  (await server.client().get('/v1/tokens', { bearer: wide })).expect(200);
  (await server.client().get('/v1/tokens', { bearer: narrow })).expect(403);
  (await server.client().get('/v1/clients', { bearer: wide })).expect(403);
  (await server.client().get('/v1/account', { bearer: wide })).expect(403);
});

test('follows_the_membership_of_its_account', async () => {
  const person = await logInAs(server, { siret: SIRETS.CLAMART });
  const made = await create(person, { ...READING, scopes: ['tokens:read'] });
  const bearer = await accessToken(made);
  const useToken = () => server.client().get('/v1/tokens', { bearer });
  const become = (state) =>
    server.database.sql(
      `update membership set state = '${state}'
       where account_id = (select id from account where email = '${person.email}')`,
    );
  (await useToken()).expect(200);
  await become('left');
  (await useToken()).expect(401);
  assert.equal((await askForToken(made)).expect(401).body.error, 'invalid_client');
  await become('active');
  (await useToken()).expect(200);
  await accessToken(made);
});

test('records_its_acts_in_the_audit', async () => {
  const made = await create(member);
  (await member.client.post(`/v1/clients/${made.client.id}/secrets`)).expect(201);
  (await member.client.delete(`/v1/clients/${made.client.id}`)).expect(204);
  const rows = await server.database.sql(
    `select action from audit where subject_id = '${made.client.id}' order by id`,
  );
  assert.deepEqual(rows, ['client.create', 'client.add_secret', 'client.delete']);
});
