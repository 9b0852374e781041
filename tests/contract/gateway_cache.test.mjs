// Answers that a provider allows to keep (RFC 9111): for whom, for how long, asked about how.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { DATA, Provider, providersFile } from '../support/provider.mjs';
import { startServer } from '../support/server.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const PATH = 'v4/insee/sirene/unites_legales/130025265';
const SCOPES = ['unites_legales_etablissements_insee'];

let providers;
let provider;
let server;
let issuer;
let token;
let other;
/** Headers of the next answers of the provider. */
let headers;
/** Requests that reached the provider in this test. */
let asked;
/** What is called: nothing that an earlier test called. */
let unit;
let tests = 0;

before(async () => {
  provider = await new Provider((req, res) => {
    asked.push(req);
    const known = headers.ETag && req.headers['if-none-match'] === headers.ETag;
    const since = req.headers['if-modified-since'];
    if (known || (since && since === headers['Last-Modified'])) res.writeHead(304, headers).end();
    else res.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(DATA);
  }).start();
  providers = await providersFile({ insee: { base_url: provider.url } });
  server = await startServer({ env: { GUICHET_PROVIDERS_FILE: providers.file } });
  issuer = await new Issuer(server).start();
});
beforeEach(async () => {
  asked = [];
  unit = `${PATH}?${ASKED.replace('dossier-1', `test-${++tests}`)}`;
  token = await issuer.issue({ scopes: SCOPES });
  other = await issuer.issue({ scopes: SCOPES });
});
after(async () => {
  await server?.stop();
  await provider?.stop();
  await providers?.remove();
});

const call = async (by = token, options = {}) => (await by.get(unit, options)).expect(200);

test('caches_nothing_that_the_provider_did_not_allow', async () => {
  for (const some of [
    {},
    { ETag: '"a"', 'Last-Modified': 'Mon, 23 Nov 2026 10:00:00 GMT' },
    { 'Cache-Control': 'max-age=60, no-store' },
    { 'Cache-Control': 'max-age=60', Vary: '*' },
    { 'Cache-Control': 'max-age=0' },
    { 'Cache-Control': 'max-age=60', Age: '60' },
    { Expires: '0' },
  ]) {
    headers = some;
    const by = await issuer.issue({ scopes: SCOPES });
    const count = asked.length;
    const first = await call(by);
    assert.equal(first.headers['cache-control'], 'no-store', JSON.stringify(some));
    assert.equal(first.headers['x-response-cached'], undefined);
    await call(by);
    assert.equal(asked.length, count + 2, JSON.stringify(some));
    assert.equal(asked.at(-1).headers['if-none-match'], undefined);
  }
});

for (const [name, some] of [
  ['max_age', { 'Cache-Control': 'max-age=60' }],
  ['max_age_private', { 'Cache-Control': 'Private, MAX-AGE="60"' }],
  ['expires', { Expires: new Date(Date.now() + 3_600_000).toUTCString() }],
  ['public_with_a_cookie', { 'Cache-Control': 'public, max-age=60', 'Set-Cookie': 'a=b' }],
]) {
  test(`caches_per_token_by_${name}`, async () => {
    headers = some;
    const first = await call();
    assert.equal(first.headers['x-response-cached'], 'false');
    assert.match(String(first.headers['cache-control']), /^private, max-age=\d+$/);
    const again = await call();
    assert.equal(asked.length, 1);
    assert.equal(again.headers['x-response-cached'], 'true');
    assert.ok(Number(again.headers['x-cache-expires-in']) > 0);
    assert.ok(Number(again.headers.age) < 60);
    assert.deepEqual(again.body, first.body);
    assert.notEqual(again.headers['x-request-id'], first.headers['x-request-id']);
    assert.equal((await call(other)).headers['x-response-cached'], 'false');
    assert.equal(asked.length, 2);
  });
}

test('shares_public_answers_and_checks_every_token_first', async () => {
  headers = { 'Cache-Control': 'public, max-age=1, s-maxage=60' };
  await call();
  const shared = await call(other);
  assert.equal(shared.headers['x-response-cached'], 'true');
  assert.ok(Number(shared.headers['x-cache-expires-in']) > 1);
  assert.equal(asked.length, 1);
  const stranger = await issuer.issue({ scopes: [] });
  (await stranger.get(unit)).expect(403);
  await other.change({ revoked_at: 'now()' });
  await waitFor('the revocation', async () => (await other.get(unit)).status === 401);
  (await token.get(unit.replace('130025265', '552049447'))).expect(200);
  assert.equal(asked.length, 2);
});

for (const [name, some, condition] of [
  ['its_etag', { 'Cache-Control': 'no-cache', ETag: '"v1"' }, 'if-none-match'],
  [
    'its_date',
    { 'Cache-Control': 'max-age=0', 'Last-Modified': 'Mon, 23 Nov 2026 10:00:00 GMT' },
    'if-modified-since',
  ],
]) {
  test(`revalidates_by_${name}`, async () => {
    headers = some;
    const first = await call();
    const again = await call();
    assert.equal(asked.length, 2);
    assert.ok(asked[1].headers[condition]);
    assert.equal(again.headers['x-response-cached'], 'true');
    assert.deepEqual(again.body, first.body);
    headers = { ...some, ETag: '"v2"', 'Last-Modified': 'Tue, 24 Nov 2026 10:00:00 GMT' };
    assert.equal((await call()).headers.etag, '"v2"');
    assert.equal(asked.length, 3);
  });
}

test('revalidates_where_the_caller_asks_for_it', async () => {
  headers = { 'Cache-Control': 'max-age=60', ETag: '"v1"' };
  await call();
  const fresh = await call(token, { headers: { 'Cache-Control': 'no-cache' } });
  assert.equal(asked.length, 2);
  assert.equal(fresh.headers['x-response-cached'], 'true');
  const unkept = await call(other, { headers: { 'Cache-Control': 'no-store' } });
  assert.equal(unkept.headers['x-response-cached'], undefined);
  assert.equal((await call(other)).headers['x-response-cached'], 'false');
  assert.equal(asked.length, 4);
});

test('answers_304_to_a_matching_etag', async () => {
  headers = { 'Cache-Control': 'max-age=60', ETag: 'W/"v1"' };
  const { etag } = (await call()).headers;
  assert.equal(etag, 'W/"v1"');
  for (const list of [etag, '"x", "v1"', '*']) {
    const answer = (await token.get(unit, { headers: { 'If-None-Match': list } })).expect(304);
    assert.equal(answer.bytes.length, 0);
    assert.equal(answer.headers.etag, etag);
    assert.ok(answer.headers['ratelimit-remaining']);
  }
  await call(token, { headers: { 'If-None-Match': '"v2"' } });
  assert.equal(asked.length, 1);
});

test('serves_stale_answers_while_the_provider_is_down', async () => {
  headers = { 'Cache-Control': 'max-age=60' };
  await call();
  await provider.stop();
  try {
    await call();
    (await other.get(unit)).expect(502);
  } finally {
    await provider.start({ port: Number(new URL(provider.url).port) });
  }
});

test('counts_and_records_calls_answered_from_the_cache', async () => {
  headers = { 'Cache-Control': 'max-age=60' };
  const first = await call();
  const second = await call();
  assert.ok(
    Number(second.headers['ratelimit-remaining']) < Number(first.headers['ratelimit-remaining']),
  );
  const rows = await waitFor('the record', async () => {
    const found = await server.database.rows(
      `select status, provider_us from call where token_id = '${token.id}' order by at`,
    );
    return found.length === 2 && found;
  });
  assert.ok(rows[0].provider_us > 0);
  assert.deepEqual(rows[1], { status: 200, provider_us: null });
  const metrics = await server.metrics();
  assert.match(metrics, /^guichet_gateway_from_memory_total [1-9]/m);
  assert.match(metrics, /^guichet_gateway_kept_bytes [1-9]/m);
});
