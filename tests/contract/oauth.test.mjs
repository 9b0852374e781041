// The authorization server for programs: RFC 6749, 7009, 7662, 8414, and the public keys.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

let server;
let person;
let program;

before(async () => {
  server = await startServer();
  person = await logInAs(server, { siret: SIRETS.CLAMART });
  program = await create();
});
after(() => server.stop());

async function create(scopes = ['requests:read', 'tokens:read']) {
  const body = { name: 'Programme', siret: SIRETS.CLAMART, scopes };
  return (await person.client.post('/v1/clients', body)).expect(201).body;
}

const basic = ({ client, client_secret: secret }) => ({
  headers: { authorization: `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}` },
});

function ask(path, form, options) {
  return server.client().post(`/v1/oauth/${path}`, new URLSearchParams(form), options);
}

const GRANT = { grant_type: 'client_credentials' };

test('issues_a_token_by_basic_and_by_body', async () => {
  const first = (await ask('token', GRANT, basic(program))).expect(200);
  assert.equal(first.headers['cache-control'], 'no-store');
  assert.deepEqual(first.body, {
    access_token: first.body.access_token,
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'requests:read tokens:read',
  });
  const inBody = { client_id: program.client.id, client_secret: program.client_secret };
  const second = (await ask('token', { ...GRANT, ...inBody, unknown: 'ignored' })).expect(200);
  assert.notEqual(second.body.access_token, first.body.access_token);
});

test('grants_fewer_scopes_where_fewer_are_requested', async () => {
  const asked = { ...GRANT, scope: 'tokens:read tokens:read' };
  assert.equal((await ask('token', asked, basic(program))).expect(200).body.scope, 'tokens:read');
  for (const scope of ['usage:write', 'tokens:read webhooks', 'all', ' ']) {
    const { body } = (await ask('token', { ...GRANT, scope }, basic(program))).expect(400);
    assert.equal(body.error, 'invalid_scope');
  }
});

test('refuses_as_rfc_6749_says', async () => {
  const wrong = { client: program.client, client_secret: 'wrong' };
  const stranger = { client: { id: crypto.randomUUID() }, client_secret: program.client_secret };
  for (const given of [wrong, stranger, { client: { id: 'x' }, client_secret: '' }]) {
    const answer = (await ask('token', GRANT, basic(given))).expect(401);
    assert.equal(answer.body.error, 'invalid_client');
    assert.match(answer.headers['www-authenticate'], /^Basic /);
  }
  (await ask('token', GRANT)).expect(401);
  (await ask('token', GRANT, { headers: { authorization: 'Basic !!!' } })).expect(401);
  (await ask('token', GRANT, { headers: { authorization: 'Digest x' } })).expect(401);
  const none = (await ask('token', { scope: 'tokens:read' }, basic(program))).expect(400);
  assert.equal(none.body.error, 'invalid_request');
  const other = (await ask('token', { grant_type: 'password' }, basic(program))).expect(400);
  assert.equal(other.body.error, 'unsupported_grant_type');
  const twice = { ...GRANT, client_id: program.client.id, client_secret: program.client_secret };
  const both = (await ask('token', twice, basic(program))).expect(400);
  assert.equal(both.body.error, 'invalid_request');
});

test('accepts_forms_only_and_each_parameter_once', async () => {
  const client = server.client();
  (await client.post('/v1/oauth/token', GRANT, basic(program))).expect(415);
  (
    await client.post('/v1/oauth/token', 'grant_type=a&grant_type=b', {
      headers: {
        ...basic(program).headers,
        'content-type': 'application/x-www-form-urlencoded',
      },
    })
  ).expect(400);
});

test('issues_no_token_to_an_access_token', async () => {
  const bearer = (await ask('token', GRANT, basic(program))).body.access_token;
  assert.equal((await ask('token', GRANT, { bearer })).expect(401).body.error, 'invalid_client');
});

test('introspects_its_own_access_token_and_nothing_else', async () => {
  const token = (await ask('token', GRANT, basic(program))).body.access_token;
  const { body } = (await ask('introspect', { token }, basic(program))).expect(200);
  assert.equal(body.active, true);
  assert.equal(body.client_id, program.client.id);
  assert.equal(body.scope, 'requests:read tokens:read');
  assert.equal(body.exp - body.iat, 3600);
  const other = await create();
  for (const [form, by] of [
    [{ token }, other],
    [{ token: 'nonsense' }, program],
    [{ token: 'a.b.c' }, program],
    [{ token: `${'a'.repeat(5000)}` }, program],
  ]) {
    assert.deepEqual((await ask('introspect', form, basic(by))).expect(200).body, {
      active: false,
    });
  }
  assert.equal(
    (await ask('introspect', { other: 'x' }, basic(program))).expect(400).body.error,
    'invalid_request',
  );
  (await ask('introspect', { token })).expect(401);
});

test('revokes_its_own_access_token_and_nothing_else', async () => {
  const token = (await ask('token', GRANT, basic(program))).body.access_token;
  const other = await create(['tokens:write']);
  (await ask('revoke', { token }, basic(other))).expect(200);
  (await ask('revoke', { token: 'never-known' }, basic(other))).expect(200);
  assert.equal((await ask('introspect', { token }, basic(program))).body.active, true);
  (await ask('revoke', { token, token_type_hint: 'access_token' }, basic(program))).expect(200);
  assert.equal((await ask('introspect', { token }, basic(program))).body.active, false);
  (await server.client().get('/v1/tokens', { bearer: token })).expect(401);
  const narrow = (await ask('revoke', { token: 'never-known' }, basic(program))).expect(403);
  assert.equal(narrow.body.error, 'insufficient_scope');
  (await ask('revoke', { token })).expect(401);
});

test('refuses_a_token_after_its_hour', async () => {
  const token = (await ask('token', GRANT, basic(program))).body.access_token;
  await server.database.sql("update client_access_token set expires_at = now() - interval '1 s'");
  (await server.client().get('/v1/tokens', { bearer: token })).expect(401);
  assert.equal((await ask('introspect', { token }, basic(program))).body.active, false);
});

test('publishes_its_metadata', async () => {
  const { body } = (await server.client().get('/.well-known/oauth-authorization-server')).expect(
    200,
  );
  assert.equal(body.issuer, server.url);
  assert.equal(body.token_endpoint, `${server.url}/v1/oauth/token`);
  assert.deepEqual(body.grant_types_supported, ['client_credentials']);
});

test('publishes_next_current_and_previous_keys', async () => {
  const kids = async () => {
    const answer = (await server.client().get('/.well-known/jwks.json')).expect(200);
    assert.match(answer.headers['cache-control'], /max-age=\d+/);
    for (const key of answer.body.keys) assert.ok(!('d' in key));
    return answer.body.keys.map(({ kid }) => kid);
  };
  const [next, current] = await kids();
  await server.command(['rotate-keys']);
  const after = await kids();
  assert.equal(after.length, 3);
  assert.deepEqual(after.slice(1), [next, current]);
  assert.ok(
    !(await server.database.sql('select sealed_private_pem from signing_key')).some((pem) =>
      /PRIVATE/.test(pem),
    ),
  );
});
