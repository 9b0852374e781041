// The service changes its name: tokens that were given out for 18 months under the former one go on, and an
// operator who forgets that is told before.
import assert from 'node:assert/strict';
import { before, after, test } from 'node:test';
import { createDatabase } from '../support/database.mjs';
import { cast, decide, submitRequest } from '../support/requests.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const UNIT = `/gateway/api-entreprise/v4/insee/sirene/unites_legales/130025265?${ASKED}`;
const SCOPES = ['unites_legales_etablissements_insee'];

let server;
let former;
let present;
let people;
let program;
let token;
before(async () => {
  server = await startServer();
  former = server.url;
  present = former.replace('127.0.0.1', 'localhost');
  people = await cast(server);
  token = await approve();
  const made = {
    name: 'Programme',
    siret: SIRETS.CLAMART,
    scopes: ['tokens:read', 'tokens:write'],
  };
  program = (await people.applicant.client.post('/v1/clients', made)).expect(201).body;
  (await call(token.string)).expect(200);
  await restart({ GUICHET_PUBLIC_URL: present });
});
after(() => server.stop());

/** An approval as the service is named now: the token's id and its string. */
async function approve() {
  const { applicant, instructor, domain } = people;
  const { id } = await submitRequest(applicant.client, { domain, scopes: SCOPES });
  (await decide(instructor.client, id, 'approve')).expect(201);
  const { token_id: tokenId } = (await applicant.client.get(`/v1/requests/${id}`)).body;
  const { body } = await applicant.client.post(`/v1/tokens/${tokenId}/reveal`);
  await waitFor('the token', async () => (await call(body.token)).status !== 401);
  return { id: tokenId, string: body.token };
}

async function restart(env) {
  await server.end();
  Object.assign(server.env, env);
  await server.start();
}

async function call(string) {
  const client = server.client();
  const answer = await client.get(UNIT, { bearer: string });
  client.close();
  return answer;
}

const claimsOf = (string) => JSON.parse(Buffer.from(string.split('.')[1], 'base64url').toString());
const check = (env) => runProgram(['check-config'], { env: { ...server.env, ...env } });

function ask(path, form) {
  const secret = `${program.client.id}:${program.client_secret}`;
  const authorization = `Basic ${Buffer.from(secret).toString('base64')}`;
  return server
    .client()
    .post(`/v1/oauth/${path}`, new URLSearchParams(form), { headers: { authorization } });
}

const metadata = async () =>
  (await server.client().get('/.well-known/oauth-authorization-server')).expect(200).body;

test('check_config_names_the_issuer_of_living_tokens_that_would_be_refused', async () => {
  const { code, stdout, stderr } = await check({});
  assert.equal(code, 1);
  assert.match(
    stderr,
    new RegExp(
      `GUICHET_FORMER_ISSUERS: the strings of 1 living tokens name the issuer ${former}, which is neither GUICHET_ISSUER \\(${present}\\)`,
    ),
  );
  assert.doesNotMatch(stdout, /The settings are good/);
  for (const good of [{ GUICHET_FORMER_ISSUERS: former }, { GUICHET_ISSUER: former }]) {
    const { code: after, stderr: said, stdout: told } = await check(good);
    assert.equal(after, 0, said);
    assert.equal(told, 'The settings are good.\n');
  }
  const other = await check({ GUICHET_FORMER_ISSUERS: `${former}/,https://other.example` });
  assert.equal(other.code, 1);
});

test('check_config_says_where_it_could_not_compare', async () => {
  const fresh = await createDatabase();
  await fresh.sql('drop table if exists schema_migration cascade');
  for (const [env, reason] of [
    [{ GUICHET_DATABASE_URL: 'postgresql://guichet_app@127.0.0.1:1/x' }, 'does not answer'],
    [{ GUICHET_DATABASE_URL: fresh.url }, 'is not migrated yet'],
  ]) {
    const { code, stdout } = await check(env);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`were not compared: the database ${reason}`));
  }
  await fresh.drop();
});

test('without_a_former_issuer_its_tokens_are_refused_everywhere', async () => {
  const { body } = (await call(token.string)).expect(401);
  assert.deepEqual(
    body.errors.map(({ code }) => code),
    ['00101'],
  );
  const { body: shown } = (await ask('introspect', { token: token.string })).expect(200);
  assert.deepEqual(shown, { active: false });
  (await ask('revoke', { token: token.string })).expect(200);
  assert.deepEqual((await metadata()).former_issuers, []);
});

test('with_it_they_go_on_and_new_ones_have_the_new_name', async () => {
  await restart({ GUICHET_FORMER_ISSUERS: `https://older.example,${former}` });
  (await call(token.string)).expect(200);
  const { body: shown } = (await ask('introspect', { token: token.string })).expect(200);
  assert.equal(shown.active, true);
  assert.equal(shown.iss, former);
  const { issuer, former_issuers: others, jwks_uri: keys } = await metadata();
  assert.equal(issuer, present);
  assert.deepEqual(others, ['https://older.example', former]);
  assert.equal(keys, `${present}/.well-known/jwks.json`);
  const { kid } = JSON.parse(Buffer.from(token.string.split('.')[0], 'base64url').toString());
  const jwks = (await server.client().get('/.well-known/jwks.json')).expect(200).body;
  assert.ok(jwks.keys.some((key) => key.kid === kid));

  const later = await approve();
  assert.equal(claimsOf(later.string).iss, present);
  (await call(later.string)).expect(200);
  assert.equal((await ask('introspect', { token: later.string })).body.iss, present);
  const own = (await ask('token', { grant_type: 'client_credentials' })).expect(200).body;
  assert.equal((await ask('introspect', { token: own.access_token })).body.iss, present);
  assert.equal((await check({})).code, 0);
});

test('a_rotation_moves_a_token_to_the_new_name_and_check_config_lets_the_former_one_go', async () => {
  const { client } = people.applicant;
  const path = `/v1/tokens/${token.id}`;
  const rotated = (await client.post(`${path}/rotation`, { overlap_days: 7 })).expect(200).body;
  const next = rotated.token ?? (await client.post(`${path}/reveal`)).expect(200).body.token;
  assert.equal(claimsOf(next).iss, present);
  await waitFor('the new string', async () => (await call(next)).status === 200);
  (await call(token.string)).expect(200);
  assert.equal((await check({ GUICHET_FORMER_ISSUERS: '' })).code, 0);
});

test('an_issuer_of_its_own_stays_where_the_address_changes', async () => {
  await restart({ GUICHET_ISSUER: former, GUICHET_FORMER_ISSUERS: present });
  const { issuer, former_issuers: others, token_endpoint: endpoint } = await metadata();
  assert.equal(issuer, former);
  assert.deepEqual(others, [present]);
  assert.equal(endpoint, `${present}/v1/oauth/token`);
  const made = await approve();
  assert.equal(claimsOf(made.string).iss, former);
  (await call(made.string)).expect(200);
  assert.equal((await check({})).code, 0);
});

test('tokens_that_nobody_can_use_any_more_hold_no_name', async () => {
  await server.database.sql(
    `update token set revoked_at = now() where id = '${token.id}';
     update token set expires_at = now() - interval '91 days' where id <> '${token.id}'`,
  );
  const env = { GUICHET_ISSUER: 'https://other.example', GUICHET_FORMER_ISSUERS: '' };
  const { code, stderr } = await check(env);
  assert.equal(code, 0, stderr);
  await server.database.sql(
    `update token set expires_at = now() - interval '89 days' where id <> '${token.id}'`,
  );
  const { code: again, stderr: said } = await check(env);
  assert.equal(again, 1);
  assert.match(said, /of 1 living tokens name the issuer http:\/\/localhost:/);
  assert.match(said, /of 1 living tokens name the issuer http:\/\/127\.0\.0\.1:/);
});
