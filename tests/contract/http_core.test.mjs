// What every answer has in common, whatever its resource; what a body may hold is in `quotas`.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { patiently } from '../support/client.mjs';
import { exchange, request } from '../support/raw.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const DRAFT = { product: 'api-entreprise', use_case: 'marches-publics', siret: SIRETS.CLAMART };

test('serves_the_contract_it_was_built_with_and_answers_304_to_its_etag', async () => {
  const client = server.client();
  const first = (await client.get('/openapi.yaml')).expect(200);
  assert.equal(first.body, await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
  const raw = await exchange(
    server.url,
    request('GET', '/openapi.yaml', { 'If-None-Match': first.etag }),
  );
  assert.equal(raw.status, 304);
  assert.equal(raw.body, '');
});

test('serves_the_page_for_its_paths_and_a_404_with_the_page_for_others', async () => {
  const statusOf = async (path) => (await exchange(server.url, request('GET', path))).status;
  assert.equal(await statusOf('/'), 200);
  assert.equal(await statusOf('/demandes/12?onglet=1'), 200);
  const unknown = await exchange(server.url, request('GET', '/nulle-part'));
  assert.equal(unknown.status, 404);
  assert.match(unknown.head, /^Content-Type: text\/html; charset=utf-8$/m);
  assert.match(unknown.head, /^Content-Security-Policy: .*require-trusted-types-for 'script'/m);
  const posted = await exchange(server.url, request('POST', '/demandes/12'));
  assert.equal(posted.status, 405);
});

test('serves_immutable_files_in_the_accepted_encoding', async () => {
  const page = await exchange(server.url, request('GET', '/'));
  const path = /"(\/static\/[^"]+\.js)"/.exec(page.body)[1];
  for (const [accepted, coding] of [
    ['gzip, br', 'br'],
    ['gzip;q=1, br;q=0', 'gzip'],
    ['identity', undefined],
  ]) {
    const { head, status } = await exchange(
      server.url,
      request('GET', path, { 'Accept-Encoding': accepted }),
    );
    assert.equal(status, 200);
    assert.equal(/^Content-Encoding: (\S+)$/m.exec(head)?.[1], coding);
    assert.match(head, /^Cache-Control: public, max-age=31536000, immutable$/m);
    assert.match(head, /^Vary: Accept-Encoding$/m);
    const etag = /^ETag: (\S+)$/m.exec(head)[1];
    const again = await exchange(
      server.url,
      request('GET', path, { 'Accept-Encoding': accepted, 'If-None-Match': etag }),
    );
    assert.equal(again.status, 304);
  }
});

test('repeats_the_first_answer_for_the_same_idempotency_key', async () => {
  const { client } = await logInAs(server);
  const key = { idempotencyKey: 'once' };
  const first = (await client.post('/v1/requests', DRAFT, key)).expect(201);
  const again = (await client.post('/v1/requests', DRAFT, key)).expect(201);
  assert.deepEqual(again.body, first.body);
  assert.equal(again.etag, first.etag);
  const other = { ...DRAFT, use_case: 'aides-publiques' };
  (await client.post('/v1/requests', other, key)).expect(422);
});

test('stores_answers_encrypted_until_they_are_repeated', async () => {
  const { client } = await logInAs(server);
  const key = { idempotencyKey: 'sealed' };
  const { body } = (await client.post('/v1/requests', DRAFT, key)).expect(201);
  const [kept] = await server.database.sql(`select body from idempotency_key where key = 'sealed'`);
  assert.ok(kept.length > 100);
  assert.doesNotMatch(kept, new RegExp(body.id));
});

test('separates_the_keys_of_two_accounts', async () => {
  const one = await logInAs(server);
  const two = await logInAs(server);
  const key = { idempotencyKey: 'shared' };
  const first = (await one.client.post('/v1/requests', DRAFT, key)).expect(201);
  const second = (await two.client.post('/v1/requests', DRAFT, key)).expect(201);
  assert.notEqual(first.body.id, second.body.id);
});

test('runs_one_of_many_requests_sent_at_once_with_one_key', async () => {
  const { client } = await logInAs(server);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      patiently(() => client.post('/v1/requests', DRAFT, { idempotencyKey: 'at-once' })),
    ),
  );
  const others = answers.filter(({ status }) => status !== 201);
  assert.deepEqual(
    others.map(({ status }) => status).filter((status) => status !== 409),
    [],
  );
  const made = answers.filter(({ status }) => status === 201).map(({ body }) => body.id);
  assert.equal(new Set(made).size, 1);
});

test('accepts_the_same_key_again_after_a_refusal', async () => {
  const { client } = await logInAs(server);
  const key = { idempotencyKey: 'refused-first' };
  (await client.post('/v1/requests', { ...DRAFT, use_case: 'no-such' }, key)).expect(422);
  (await client.post('/v1/requests', DRAFT, key)).expect(201);
});

test('refuses_a_malformed_idempotency_key', async () => {
  const { client } = await logInAs(server);
  const answer = await client.post('/v1/requests', DRAFT, { idempotencyKey: 'a b' });
  assert.deepEqual(answer.expect(422).pointers, ['Idempotency-Key']);
});

test('refuses_acts_of_a_session_without_csrf_token_or_from_another_site', async () => {
  const { client } = await logInAs(server);
  for (const headers of [
    { 'x-csrf-token': null },
    { 'x-csrf-token': 'forged' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example' },
  ]) {
    (await client.post('/v1/requests', DRAFT, { headers })).expect(403);
  }
  (
    await client.post('/v1/requests', DRAFT, { headers: { 'sec-fetch-site': 'same-origin' } })
  ).expect(201);
});

test('names_all_wrong_query_keys_at_once', async () => {
  const { client } = await logInAs(server);
  const answer = await client.get('/v1/requests?limit=0&page=2&q=a&q=b');
  assert.deepEqual(answer.expect(422).pointers, ['page', 'q']);
  assert.deepEqual((await client.get('/v1/requests?limit=101')).expect(422).pointers, ['limit']);
});

test('is_unready_while_it_drains_and_finishes_requests_in_progress', async () => {
  const own = await startServer({ env: { GUICHET_DRAIN: '60' } });
  try {
    const body = '{"email":"a@b.example","password":"x"}';
    let send;
    const begun = exchangeInTwo(own, body, (rest) => (send = rest));
    await waitFor('the first half', () => send);
    await own.kill('SIGTERM');
    const ready = () => exchange(own.url, request('GET', '/health/ready'));
    await waitFor('readiness to end', async () => (await ready()).status === 503);
    assert.match((await ready()).head, /^Retry-After: \d+$/m);
    const other = await exchange(own.url, request('GET', '/v1/products'));
    assert.equal(other.status, 200);
    assert.match(other.head, /^Connection: close$/im);
    await own.kill('SIGTERM');
    await waitFor(
      'the end of new connections',
      () =>
        new Promise((done) => {
          const socket = net.connect(Number(new URL(own.url).port), '127.0.0.1');
          socket.on('connect', () => done(socket.destroy() && false));
          socket.on('error', () => done(true));
        }),
    );
    send();
    const answer = await begun;
    assert.ok([401, 422, 429].includes(answer.status), answer.text);
    assert.match(answer.head, /^Connection: close$/im);
  } finally {
    await own.stop();
  }
});

test('is_unready_until_the_database_has_the_migrations_of_the_program', async () => {
  const own = await startServer();
  try {
    const client = own.client();
    (await client.get('/health/ready')).expect(200);
    const newest = `version = (select max(version) from schema_migration)`;
    await own.database.sql(`update schema_migration set version = -version where ${newest}`);
    const { body } = (await client.get('/health/ready')).expect(503);
    assert.match(body.detail, /guichet migrate/);
    await own.database.sql(
      `insert into schema_migration (version, name, checksum) values (9999, 'newer', '')`,
    );
    (await client.get('/health/ready')).expect(200);
    await own.database.sql(`update schema_text_set set checksum = 'of another program'`);
    (await client.get('/health/ready')).expect(503);
    client.close();
  } finally {
    await own.stop();
  }
});

// Sends a request in two parts; `ready` gets the function that sends the second.
function exchangeInTwo(own, body, ready) {
  const bytes = request('POST', '/v1/session', { 'Content-Type': 'application/json' }, body);
  return new Promise((done, failed) => {
    const socket = net.connect(own.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk));
    socket.on('error', failed);
    socket.on('close', () => {
      const head = text.slice(0, text.indexOf('\r\n\r\n'));
      done({ text, head, status: Number(text.slice(9, 12)) });
    });
    socket.write(bytes.slice(0, -10), () => ready(() => socket.write(bytes.slice(-10))));
  });
}
