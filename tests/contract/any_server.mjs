// The contract against a server that somebody else runs: `script/contract URL` runs this file. It knows
// the address alone, and what GUICHET_CLIENT_ID, GUICHET_CLIENT_SECRET and GUICHET_TOKEN give it.
// As nobody it creates nothing, logs nobody in and has no mail sent; as a program it reads; with
// GUICHET_CONTRACT_WRITE=1 it makes one draft and deletes it. The client compares every answer with
// openapi.yaml.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { parse } from 'yaml';
import { hostile } from '../support/arbitrary.mjs';
import { breakingChanges } from '../support/breaking.mjs';
import { Client } from '../support/client.mjs';
import { requestOf, send } from '../support/generated.mjs';
import { contract, operations } from '../support/openapi.mjs';

const {
  GUICHET_BASE_URL: url = 'http://127.0.0.1:8080',
  GUICHET_CLIENT_ID: clientId,
  GUICHET_CLIENT_SECRET: clientSecret,
  GUICHET_TOKEN: token,
  GUICHET_CONTRACT_WRITE: writing,
} = process.env;
const RUNS = 2;
const WAITS_S = 90;

const client = new Client(url);
/** What the program may, and the credential that says so; null without a program. */
let program = null;
/** Identifiers of things that exist, by the name of the path parameter. */
const known = { product: [] };

after(() => client.close());

/** Comes again where a limit says when: the server's own limits are on. */
async function patiently(ask) {
  const started = Date.now();
  for (;;) {
    const answer = await ask();
    const seconds = Number(answer.headers['retry-after'] ?? 1);
    if (answer.status !== 429 || Date.now() - started + seconds * 1000 > WAITS_S * 1000) {
      return answer;
    }
    await sleep(seconds * 1000);
  }
}

const ask = (method, path, body, options) =>
  patiently(() => client.request(method, path, body, options));

before(async () => {
  const { body } = (await ask('GET', '/v1/products')).expect(200);
  known.product = body.items.map(({ id }) => id);
  if (!clientId) return;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const granted = (await ask('POST', '/v1/oauth/token', form)).expect(200).body;
  program = { bearer: granted.access_token, scopes: granted.scope.split(' ') };
});

test('serves_a_contract_that_keeps_what_this_one_promises', async () => {
  const { body } = (await ask('GET', '/openapi.yaml')).expect(200);
  assert.deepEqual(breakingChanges(contract, parse(String(body))), []);
});

// --- as nobody

/** Bodies that no operation takes: what is public and changes something gets nothing else. */
const unfit = hostile.filter((value) => value !== null);

function asNobody(entry) {
  const requests = requestOf(entry, known);
  const acts = entry.operation['x-access'] === 'public' && entry.method !== 'GET';
  return acts
    ? fc.tuple(requests, unfit).map(([request, value]) => ({
        ...request,
        body: { a_member_that_is_unknown: value },
      }))
    : requests;
}

for (const entry of operations()) {
  test(`${entry.method} ${entry.path} answers nobody as documented`, async () => {
    const closed = !['public', 'client', 'gateway'].includes(entry.operation['x-access']);
    await fc.assert(
      fc.asyncProperty(asNobody(entry), async (request) => {
        const answer = await send(client, entry, request);
        assert.ok(answer.status < 500 || answer.status >= 502, `${answer.status}`);
        assert.ok(!closed || answer.status >= 400, `${answer.status} without a credential`);
      }),
      { numRuns: RUNS },
    );
  });
}

test('refuses_what_is_no_operation', async () => {
  (await ask('GET', '/v1/there-is-no-such-thing')).expect(404);
  const { headers } = (await ask('DELETE', '/v1/products')).expect(405);
  assert.match(headers.allow, /GET/);
  assert.match(headers['x-request-id'], /./);
});

test('refuses_unknown_and_repeated_query_keys_and_limits_out_of_range', async () => {
  for (const query of ['unknown=1', 'limit=1&limit=2', 'limit=0', 'limit=101', 'cursor=%00']) {
    (await ask('GET', `/v1/products?${query}`)).expect(400, 422);
  }
});

// --- as a program

const scopeOf = ({ operation }) =>
  operation.security?.flatMap((way) => way.clientCredentials ?? [])[0] ?? null;

/** `/v1/requests/{id}` is found below `/v1/requests`. */
async function learn(list) {
  const { body } = (await ask('GET', `${list}?limit=5`, undefined, program)).expect(200);
  return body.items.map(({ id }) => id);
}

const LISTS = ['/v1/requests', '/v1/habilitations', '/v1/tokens', '/v1/webhooks'];

test('lets_a_program_read_what_its_scopes_open_and_nothing_else', async (t) => {
  if (!program) return t.diagnostic('no program given (GUICHET_CLIENT_ID): nothing read');
  let seen = 0;
  for (const entry of operations().filter(({ method }) => method === 'GET')) {
    const scope = scopeOf(entry);
    const list = LISTS.find((path) => entry.path.startsWith(`${path}/{id}`));
    if (!scope) continue;
    if (!program.scopes.includes(scope)) {
      (
        await ask('GET', entry.path.replaceAll(/\{\w+\}/g, randomUUID()), undefined, program)
      ).expect(403);
      continue;
    }
    const openList = list && program.scopes.includes(scopeOf(operationAt(list)));
    const ids = openList ? await learn(list) : [];
    const requests = requestOf(entry, { ...known, id: ids });
    for (const request of fc.sample(requests, RUNS)) {
      const answer = await patiently(() => send(client, entry, request, program));
      assert.ok(answer.status < 500 || answer.status >= 502, `${answer.path} ${answer.status}`);
      seen += 1;
    }
  }
  t.diagnostic(`${seen} answers read with the scopes ${program.scopes.join(' ')}`);
});

const operationAt = (path) =>
  operations().find((entry) => entry.method === 'GET' && entry.path === path);

test('pages_without_gap_or_repetition_and_names_versions', async (t) => {
  const lists = LISTS.filter((path) => program?.scopes.includes(scopeOf(operationAt(path))));
  if (lists.length === 0) return t.diagnostic('no program that reads a list was given');
  for (const path of lists) {
    const ids = [];
    for (let cursor = ''; cursor !== null && ids.length < 5;) {
      const query = `limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const { body } = (await ask('GET', `${path}?${query}`, undefined, program)).expect(200);
      ids.push(...body.items.map(({ id }) => id));
      cursor = body.next_cursor;
    }
    assert.equal(new Set(ids).size, ids.length, path);
    if (ids.length === 0) continue;
    const one = (await ask('GET', `${path}/${ids[0]}`, undefined, program)).expect(200);
    assert.match(one.etag, /^"\d+"$/, path);
  }
});

test('makes_a_draft_once_saves_it_by_its_version_and_deletes_it', async (t) => {
  const may = ['requests:read', 'requests:write'].every((scope) => program?.scopes.includes(scope));
  if (!writing || !may) {
    return t.diagnostic(
      'nothing written: needs --write and a program with requests:read and :write',
    );
  }
  const { body: page } = (await ask('GET', '/v1/organisations', undefined, program)).expect(200);
  const [product] = known.product;
  const { body: form } = (await ask('GET', `/v1/products/${product}`)).expect(200);
  const useCase = form.use_cases.find((each) => each.startable_by_applicant).id;
  const creation = { product, use_case: useCase, siret: page.items[0].siret };
  const key = { ...program, idempotencyKey: randomUUID() };
  const first = (await ask('POST', '/v1/requests', creation, key)).expect(201);
  const again = (await ask('POST', '/v1/requests', creation, key)).expect(201);
  assert.equal(again.body.id, first.body.id);
  const path = `/v1/requests/${first.body.id}`;
  const etag = { ...program, etag: first.etag };
  (await ask('PATCH', path, { title: 'Essai du contrat' }, program)).expect(428);
  const wrong = { title: 'x'.repeat(256), state: 'approved', unknown: 1 };
  const refused = (await ask('PATCH', path, wrong, etag)).expect(422);
  assert.deepEqual(refused.pointers, ['/state', '/title', '/unknown']);
  (await ask('PATCH', path, { title: 'Essai du contrat' }, etag)).expect(200);
  (await ask('PATCH', path, { title: 'Essai de trop' }, etag)).expect(412);
  (await ask('DELETE', path, undefined, program)).expect(204);
  (await ask('GET', path, undefined, program)).expect(404);
});

// --- with a token of a product

test('opens_the_data_to_the_token_by_the_header_alone', async (t) => {
  if (!token)
    return t.diagnostic('no token given (GUICHET_TOKEN): the gateway was asked as nobody alone');
  const product = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).aud;
  const path = `/gateway/${product}/privileges`;
  const { body } = (await ask('GET', path, undefined, { bearer: token })).expect(200);
  assert.ok(body.data.privileges.length > 0);
  (await ask('GET', `${path}?token=${token}`)).expect(401);
  (await ask('GET', path, undefined, { bearer: `${token.slice(0, -8)}AAAAAAAA` })).expect(401);
  const [endpoint] = body.data.endpoints;
  const target = `/gateway/${product}${endpoint.replaceAll(/\{\w+\}/g, '000000000')}`;
  const unasked = (await ask('GET', target, undefined, { bearer: token })).expect(422);
  const codes = unasked.body.errors.map(({ code }) => code);
  for (const code of ['00201', '00202', '00203']) assert.ok(codes.includes(code), code);
});
