// What joins the lines of several programs about one request: its identifier, and the trace that a caller
// continues here.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { logDone } from '../support/barrier.mjs';
import { Provider, providersFile } from '../support/provider.mjs';
import { exchange, request } from '../support/raw.mjs';
import { startServer } from '../support/server.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const UNIT = `v4/insee/sirene/unites_legales/130025265?${ASKED}`;
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const PARENT = `00-${TRACE}-${SPAN}-01`;

let server;
let provider;
let file;
let token;
before(async () => {
  provider = await new Provider().start();
  file = await providersFile({ insee: { base_url: provider.url } });
  server = await startServer({ env: { GUICHET_PROVIDERS_FILE: file.file } });
  const issuer = await new Issuer(server).start();
  token = await issuer.issue({ scopes: ['unites_legales_etablissements_insee'] });
});
after(async () => {
  await server.stop();
  await provider.stop();
  await file.remove();
});

const lineOf = (id) =>
  waitFor('its line in the log', () =>
    server.logs.find((line) => line.event === 'request' && line.request_id === id),
  );

for (const [name, spell] of Object.entries({
  with_hyphens: (id) => id,
  without_hyphens: (id) => id.replaceAll('-', ''),
  in_capitals: (id) => id.replaceAll('-', '').toUpperCase(),
})) {
  test(`keeps_an_identifier_${name}`, async () => {
    const id = randomUUID();
    const headers = { 'X-Request-ID': spell(id) };
    const answer = await server.client().get('/v1/tokens', { headers });
    assert.equal(answer.expect(401).headers['x-request-id'], id);
    assert.equal(answer.body.request_id, id);
    assert.equal((await lineOf(id)).status, 401);
  });
}

test('draws_an_identifier_in_the_place_of_anything_else', async () => {
  for (const given of ['', 'x', randomUUID().slice(1), `${randomUUID()}0`]) {
    const answer = await server
      .client()
      .get('/v1/products', { headers: { 'X-Request-ID': given } });
    assert.match(answer.expect(200).headers['x-request-id'], /^[0-9a-f-]{36}$/);
    assert.notEqual(answer.headers['x-request-id'], given);
  }
});

test('a_refusal_before_the_body_has_the_identifier_too', async () => {
  const id = randomUUID();
  const { status, head, body } = await exchange(
    server.url,
    request('POST', '/v1/session', {
      'Content-Type': 'application/json',
      'Content-Length': String(50 << 20),
      'X-Request-ID': id.replaceAll('-', ''),
    }),
  );
  assert.equal(status, 413);
  assert.match(head, new RegExp(`^X-Request-ID: ${id}$`, 'm'));
  assert.equal(JSON.parse(body).request_id, id);
  await lineOf(id);
});

test('continues_a_trace_in_the_log_the_answer_and_the_call_to_the_provider', async () => {
  const count = provider.asked.length;
  const { headers } = (
    await token.get(UNIT, { headers: { traceparent: PARENT, tracestate: 'a=b' } })
  ).expect(200);
  const [, span] = /^00-0af7651916cd43dd8448eb211c80319c-([0-9a-f]{16})-01$/.exec(
    headers.traceparent,
  );
  assert.notEqual(span, SPAN);
  const line = await lineOf(headers['x-request-id']);
  assert.deepEqual([line.trace_id, line.span_id], [TRACE, span]);
  assert.equal(provider.asked.length, count + 1);
  const asked = provider.asked.at(-1).headers;
  assert.equal(asked.traceparent, headers.traceparent);
  assert.equal(asked['x-request-id'], headers['x-request-id']);
  assert.equal(asked.tracestate, undefined);
});

test('traces_nothing_that_the_caller_does_not_trace', async () => {
  const invalid = [
    undefined,
    '',
    PARENT.toUpperCase(),
    `${PARENT}-x`,
    PARENT.replace(SPAN, '0'.repeat(16)),
  ];
  for (const traceparent of invalid) {
    const count = provider.asked.length;
    const headers = traceparent === undefined ? {} : { traceparent };
    const answer = (await token.get(UNIT, { headers })).expect(200);
    assert.equal(answer.headers.traceparent, undefined, traceparent);
    assert.equal(provider.asked.length, count + 1);
    assert.equal(provider.asked.at(-1).headers.traceparent, undefined, traceparent);
    await logDone(server, answer.headers['x-request-id']);
    assert.equal((await lineOf(answer.headers['x-request-id'])).trace_id, undefined);
  }
  const twice = await exchange(
    server.url,
    `GET /v1/products HTTP/1.1\r\nHost: a\r\nConnection: close\r\ntraceparent: ${PARENT}\r\n` +
      `traceparent: ${PARENT.replace(SPAN, '1'.repeat(16))}\r\n\r\n`,
  );
  assert.equal(twice.status, 200);
  assert.doesNotMatch(twice.head, /^traceparent:/im);
});
