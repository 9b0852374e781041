// What is changed of a program, its secrets, which it can make itself, and the webhooks that live with it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import {
  accessTokenOf,
  addResponsible,
  askAccessToken,
  basic,
  createProgram,
} from '../support/programs.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const PRODUCT = 'api-entreprise';
const ORGANISATION = SIRETS.RENNES;
const READING = { name: 'Lecture', siret: ORGANISATION, scopes: ['tokens:read', 'requests:read'] };

let server;
before(async () => {
  server = await startServer();
});
after(() => server?.stop());

const sql = (text) => server.database.sql(text);
const idOf = ({ email }) => `(select id from account where email = '${email}')`;
const join = () => logInAs(server, { siret: ORGANISATION });
const create = (person, members) => createProgram(person, { ...READING, ...members });
const ask = (program) => askAccessToken(server, program);
const bearerOf = (program) => accessTokenOf(server, program);
const add = addResponsible;

// --- what is changed

test('is_renamed_and_narrowed_never_widened', async () => {
  const maker = await join();
  const { path, ...program } = await create(maker);
  const bearer = await bearerOf(program);
  const { etag } = (await maker.client.get(path)).expect(200);
  const patch = (body, options = { etag }) => maker.client.patch(path, body, options);
  (await patch({ name: 'x' }, {})).expect(428);
  (await patch({ name: 'x' }, { etag: '"99"' })).expect(412);
  assert.deepEqual(
    (await patch({ name: '', scopes: ['tokens:read', 'all'], siret: SIRETS.LYON })).expect(422)
      .codes,
    { '/name': 'required', '/scopes/1': 'unknown_value', '/siret': 'unknown_member' },
  );
  const wider = await patch({ scopes: ['tokens:read', 'tokens:write', 'requests:read'] });
  assert.deepEqual(wider.expect(422).codes, { '/scopes/1': 'not_allowed' });
  (await patch({ scopes: [] })).expect(422);
  const named = (await patch({ name: 'Relevé' })).expect(200);
  assert.equal(named.body.name, 'Relevé');
  assert.deepEqual(named.body.scopes, READING.scopes);
  (await patch({ name: 'Autre' })).expect(412);
  (await server.client().get('/v1/tokens', { bearer })).expect(200);
  const narrow = await patch({ scopes: ['requests:read'] }, { etag: named.etag });
  assert.deepEqual(narrow.expect(200).body.scopes, ['requests:read']);
  (await server.client().get('/v1/tokens', { bearer })).expect(403);
  (await server.client().get('/v1/requests', { bearer })).expect(200);
  const told = new URLSearchParams({ token: bearer });
  const { body } = await server.client().post('/v1/oauth/introspect', told, basic(program));
  assert.equal(body.scope, 'requests:read');
  (await patch({ scopes: READING.scopes }, { etag: narrow.etag })).expect(422);
});

// --- secrets

test('marks_secrets_for_scanners_and_lets_them_end', async () => {
  const maker = await join();
  const soon = new Date(Date.now() + 86_400_000).toISOString();
  const program = await create(maker, { secret_expires_at: soon });
  assert.match(program.secret, /^gch_[\w-]{43}$/);
  assert.equal(Date.parse(program.client.secrets[0].expires_at), Date.parse(soon));
  const bearer = await bearerOf(program);
  const secrets = `${program.path}/secrets`;
  for (const [value, code] of [
    [new Date(Date.now() - 1000).toISOString(), 'out_of_range'],
    ['2099-01-01T00:00:00Z', 'out_of_range'],
    ['demain', 'invalid_format'],
    [7, 'wrong_type'],
  ]) {
    const answer = await maker.client.post(secrets, { expires_at: value });
    assert.deepEqual(answer.expect(422).codes, { '/expires_at': code });
    const creation = { ...READING, secret_expires_at: value };
    const refused = await maker.client.post('/v1/clients', creation);
    assert.deepEqual(refused.expect(422).codes, { '/secret_expires_at': code });
  }
  await sql(`update client_secret set expires_at = now() where client_id = '${program.id}'`);
  (await server.client().get('/v1/tokens', { bearer })).expect(401);
  assert.equal((await ask(program)).expect(401).body.error, 'invalid_client');
  (await server.client().get('/v1/clients/me', basic(program))).expect(401);
  // What has ended leaves room for two.
  const next = (await maker.client.post(secrets)).expect(201).body;
  assert.equal(next.expires_at, null);
  (await maker.client.post(secrets, { expires_at: soon })).expect(201);
  (await maker.client.post(secrets)).expect(409);
  (await ask({ ...program, secret: next.secret })).expect(200);
});

const rotate = (program, body = { overlap_days: 7 }) =>
  server.client().post('/v1/clients/me/rotation', body, basic(program));

test('makes_its_next_secret_by_itself', async () => {
  const maker = await join();
  const program = await create(maker);
  const bearer = await bearerOf(program);
  const made = (await rotate(program)).expect(201);
  assert.equal(made.headers['cache-control'], 'no-store');
  assert.match(made.body.secret, /^gch_/);
  const days = (Date.parse(made.body.former_ends_at) - Date.now()) / 86_400_000;
  assert.ok(days > 6.9 && days < 7.1, String(days));
  // The answer may have been lost: a secret that was never used is replaced.
  const again = (await rotate(program, { overlap_days: 30 })).expect(201).body;
  assert.equal(again.former_ends_at, made.body.former_ends_at);
  (await ask({ ...program, secret: made.body.secret })).expect(401);
  const next = { ...program, secret: again.secret };
  const later = await bearerOf(next);
  const full = (await rotate(next)).expect(409);
  assert.match(full.body.detail, /sert encore/);
  (await server.client().get('/v1/tokens', { bearer })).expect(200);
  (await ask(program)).expect(200);
  await sql(
    `update client_secret set expires_at = now() where client_id = '${program.id}' and expires_at is not null`,
  );
  (await server.client().get('/v1/tokens', { bearer })).expect(401);
  (await ask(program)).expect(401);
  (await rotate(program)).expect(401);
  const last = (await rotate(next, { overlap_days: 0 })).expect(201).body;
  (await server.client().get('/v1/tokens', { bearer: later })).expect(401);
  await bearerOf({ ...program, secret: last.secret });
  const [acts] = await sql(
    `select count(*) from audit where action = 'client.rotate_secret' and subject_id = '${program.id}'`,
  );
  assert.equal(Number(acts), 3);
});

test('makes_a_secret_for_a_secret_alone', async () => {
  const program = await create(await join());
  const bearer = await bearerOf(program);
  const path = '/v1/clients/me/rotation';
  const body = { overlap_days: 1 };
  assert.equal(
    (await server.client().post(path, body, { bearer })).expect(401).body.error,
    'invalid_client',
  );
  (await server.client().post(path, body)).expect(401);
  (await rotate({ ...program, secret: `${program.secret}x` })).expect(401);
  for (const [days, code] of [
    [31, 'out_of_range'],
    [-1, 'out_of_range'],
    ['7', 'wrong_type'],
    [null, 'required'],
  ]) {
    const refused = (await rotate(program, { overlap_days: days })).expect(422);
    assert.deepEqual(refused.codes, { '/overlap_days': code });
  }
});

test('keeps_two_living_secrets_when_it_rotates_at_once', async () => {
  const program = await create(await join());
  const answers = await Promise.all(Array.from({ length: 6 }, () => rotate(program)));
  assert.ok(answers.some(({ status }) => status === 201));
  assert.ok(answers.every(({ status }) => [201, 409].includes(status)));
  const [living] = await sql(
    `select count(*) from client_secret where client_id = '${program.id}' and coalesce(expires_at > now(), true)`,
  );
  assert.equal(Number(living), 2);
});

test('reads_itself_by_secret_and_by_any_access_token', async () => {
  const program = await create(await join());
  const bearer = await bearerOf(program);
  const own = (await server.client().get('/v1/clients/me', basic(program))).expect(200);
  assert.equal(own.body.id, program.id);
  assert.equal(own.etag, `"${own.body.version}"`);
  assert.equal(
    (await server.client().get('/v1/clients/me', { bearer })).expect(200).body.id,
    program.id,
  );
  (await server.client().get('/v1/clients/me')).expect(401);
});

// --- webhooks

test('keeps_the_webhooks_of_a_program_with_the_program', async () => {
  const [maker, second, colleague] = [await join(), await join(), await join()];
  const program = await create(maker, { scopes: ['webhooks'] });
  await add(maker, program, second);
  const bearer = await bearerOf(program);
  const body = {
    product: PRODUCT,
    siret: ORGANISATION,
    url: 'https://exemple.example/programme',
    events: ['request.created'],
  };
  const { webhook } = (await server.client().post('/v1/webhooks', body, { bearer })).expect(
    201,
  ).body;
  assert.equal(webhook.client_id, program.id);
  const own = (await maker.client.post('/v1/webhooks', body)).expect(201).body.webhook;
  assert.equal(own.client_id, null);
  const isBacked = async ({ id }) =>
    (await sql(`select webhook_is_backed(w) from webhook w where id = '${id}'`))[0] === 't';
  (await second.client.get(`/v1/webhooks/${webhook.id}`)).expect(200);
  (await second.client.get(`/v1/webhooks/${own.id}`)).expect(404);
  (await colleague.client.get(`/v1/webhooks/${webhook.id}`)).expect(404);
  (await server.client().get(`/v1/webhooks/${own.id}`, { bearer })).expect(404);
  const { items } = (await server.client().get('/v1/webhooks', { bearer })).expect(200).body;
  assert.deepEqual(
    items.map(({ id }) => id),
    [webhook.id],
  );
  await sql(`update membership set state = 'left' where account_id = ${idOf(maker)}`);
  assert.deepEqual([await isBacked(webhook), await isBacked(own)], [true, false]);
  await sql(
    `update account set suspended_at = now(), suspension_reason = 'x' where id = ${idOf(second)}`,
  );
  assert.equal(await isBacked(webhook), false);
  (await colleague.client.post(`${program.path}/takeover`, { keep_secrets: true })).expect(200);
  assert.equal(await isBacked(webhook), true);
  (await colleague.client.delete(`/v1/webhooks/${webhook.id}`)).expect(204);
});
