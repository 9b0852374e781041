// The scope of every route, asked of a program that has every scope but those which open it, and of one that has
// one of them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { contract } from '../support/openapi.mjs';
import { PROGRAM, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const SCOPES = contract.components.schemas.ClientScope.enum;
const OF_MANAGERS = ['usage:write', 'tokens:introspect'];
const routes = execFileSync(PROGRAM, ['print-routes'], { encoding: 'utf8' })
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line));
const scopesOf = (route) => route.client_scope?.split(' ') ?? [];
const named = ({ method, path }) => `${method} ${path}`;

let server;
let manager;
const bearers = new Map();

before(async () => {
  server = await startServer();
  manager = await logInAs(server, { siret: SIRETS.LYON, role: 'manager:api-entreprise' });
});
after(() => server?.stop());

/** The access token of a program of the product with these scopes. */
async function bearerOf(scopes) {
  const key = scopes.join(' ');
  if (!bearers.has(key)) {
    const body = { name: key.slice(0, 255), product: 'api-entreprise', scopes };
    const made = (await manager.client.post('/v1/clients', body)).expect(201).body;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: made.client.id,
      client_secret: made.client_secret,
    });
    const { body: granted } = (await server.client().post('/v1/oauth/token', form)).expect(200);
    bearers.set(key, granted.access_token);
  }
  return bearers.get(key);
}

function send(route, bearer) {
  const path = route.path
    .replace('{product}', 'api-entreprise')
    .replace('{siret}', SIRETS.LYON)
    .replace(/\{[^}]+\}/g, () => crypto.randomUUID());
  const isForm = route.body === 'form';
  const body = isForm ? new URLSearchParams({ token: 'unknown' }) : undefined;
  return server.client().request(route.method, path, body, { bearer });
}

test('every_scope_opens_something', () => {
  const opened = new Set(routes.flatMap(scopesOf));
  assert.deepEqual(
    SCOPES.filter((scope) => !opened.has(scope)),
    [],
  );
});

for (const route of routes.filter((one) => scopesOf(one).length > 0)) {
  test(`refuses_a_program_without_the_scope_of ${named(route)}`, async () => {
    const others = SCOPES.filter((scope) => !scopesOf(route).includes(scope));
    const refused = (await send(route, await bearerOf(others))).expect(403);
    assert.match(refused.headers['www-authenticate'], /error="insufficient_scope"/);
    assert.match(refused.body.detail, /manque au jeton/);
  });

  test(`lets_a_program_with_the_scope_try ${named(route)}`, async () => {
    const scope = scopesOf(route)[0];
    const answer = await send(route, await bearerOf([scope]));
    assert.notEqual(answer.status, 401);
    assert.doesNotMatch(answer.headers['www-authenticate'] ?? '', /insufficient_scope/);
  });
}

test('closes_every_route_without_a_scope_to_programs', async () => {
  const bearer = await bearerOf(SCOPES);
  const open = [];
  for (const route of routes) {
    if (scopesOf(route).length > 0 || /^(public|gateway|client)$/.test(route.access)) continue;
    const answer = await send(route, bearer);
    if (answer.status !== 403 || !/pas ouverte aux programmes/.test(answer.body.detail)) {
      open.push(`${named(route)}: ${answer.status}`);
    }
  }
  assert.deepEqual(open, []);
});

test('keeps_scopes_of_resource_servers_from_organisations_and_instructors', async () => {
  const instructor = await logInAs(server, {
    siret: SIRETS.LYON,
    role: 'instructor:api-entreprise',
  });
  for (const scope of OF_MANAGERS) {
    const body = { name: 'x', scopes: [scope] };
    const ofLyon = await instructor.client.post('/v1/clients', { ...body, siret: SIRETS.LYON });
    assert.deepEqual(ofLyon.expect(422).codes, { '/scopes': 'not_allowed' });
    const ofProduct = { ...body, product: 'api-entreprise' };
    (await instructor.client.post('/v1/clients', ofProduct)).expect(403);
  }
});
