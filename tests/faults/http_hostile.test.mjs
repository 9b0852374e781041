// What strangers send that no client library would. After each the same process must still answer.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { logDone } from '../support/barrier.mjs';
import { exchange, request } from '../support/raw.mjs';
import { startServer } from '../support/server.mjs';
import { waitFor } from '../support/wait.mjs';
import { FRAMING } from './malformed.mjs';

const CLOSED_OR_400 = new Set([0, 400]); // newer libmicrohttpd answers some of these by itself

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

async function assertAlive() {
  const answer = await fetch(`${server.url}/health/live`);
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), { status: 'live' });
}

const send = (bytes, options) => exchange(server.url, bytes, options);

/** Opens a socket and keeps it; `received` grows, `closed` settles when the server ends it. */
function open() {
  const socket = net.connect(server.port, '127.0.0.1');
  const state = { socket, received: '', closed: undefined };
  socket.on('data', (chunk) => (state.received += chunk.toString('latin1')));
  socket.on('error', () => {});
  state.closed = new Promise((done) => {
    socket.once('close', done);
  });
  state.opened = new Promise((done) => {
    socket.once('connect', done);
  });
  return state;
}

/** Waits until more may be written, or the server has ended the connection. */
function drained({ socket, closed }) {
  const drain = new Promise((done) => {
    socket.once('drain', done);
  });
  return Promise.race([drain, closed]);
}

for (const [name, bytes] of Object.entries(FRAMING)) {
  test(`refuses_and_closes_on_${name}`, async () => {
    const answer = await send(bytes, { timeoutMs: 10_000 });
    assert.ok(CLOSED_OR_400.has(answer.status), answer.text);
    await assertAlive();
  });
}

test('answers_400_at_once_to_an_unknown_transfer_encoding', async () => {
  const bytes = 'POST /health/live HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nabc';
  const state = open();
  await state.opened;
  state.socket.write(bytes);
  await waitFor('the answer', () => state.received.includes('\r\n\r\n'), { timeoutMs: 5000 });
  assert.match(state.received, /^HTTP\/1\.[01] (400|501) /);
  state.socket.end();
  await state.closed;
  await assertAlive();
});

test('never_reads_a_second_request_after_an_ambiguous_first', async () => {
  const answer = await send(
    'POST /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: a\r\n\r\n',
  );
  assert.equal(answer.text.match(/HTTP\/1\.1 /g)?.length ?? 0, answer.status === 0 ? 0 : 1);
});

// libmicrohttpd answers these itself, with its head twice, and closes.
test('never_reads_a_second_request_after_a_length_that_is_none', async () => {
  for (const length of ['+2', '-2', '0x2', '2,2', '2 2', '2.0', '', '99999999999999999999']) {
    for (const target of ['/v1/session', '/v1/nowhere']) {
      const answer = await send(
        `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n{}` +
          'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n',
      );
      assert.match(answer.text, /^HTTP\/1\.1 4(00|13) /, length);
      assert.doesNotMatch(answer.text, /HTTP\/1\.1 200/, length);
    }
  }
});

test('serves_pipelined_requests_in_order', async () => {
  const answer = await send(
    'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n' +
      'GET /v1/nowhere HTTP/1.1\r\nHost: a\r\n\r\n' +
      'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  assert.deepEqual(
    answer.text.match(/HTTP\/1\.1 (\d{3})/g).map((line) => line.slice(-3)),
    ['200', '404', '200'],
  );
});

const TARGETS = {
  encoded_slash: ['/health%2Flive', 400],
  encoded_nul: ['/health/live%00', 400],
  encoded_line_break: ['/health/live%0d%0aX:%201', 400],
  overlong_utf8: ['/%c0%ae%c0%ae/', 400],
  broken_escape: ['/health/%zz', 400],
  dots: ['/static/../../../../etc/passwd', 404],
  encoded_dots: ['/static/%2e%2e/%2e%2e/etc/passwd', 404],
  backslash: ['/static\\..\\x', 400],
  unknown_query_key: ['/health/live?id=9', 422],
  repeated_query_key: ['/v1/nowhere?a=1&a=2', 404],
};

for (const [name, [target, status]] of Object.entries(TARGETS)) {
  test(`answers_${status}_to_${name}`, async () => {
    const answer = await send(request('GET', target));
    assert.equal(answer.status, status, answer.text);
    assert.doesNotMatch(answer.body, /root:/);
  });
}

for (const [method, status] of Object.entries({
  get: 501,
  Get: 501,
  BREW: 501,
  OPTIONS: 204,
  TRACE: 405,
})) {
  test(`answers_${status}_to_the_method_${method}`, async () => {
    const answer = await send(request(method, '/health/live'));
    assert.equal(answer.status, status, answer.text);
    if (status !== 501) assert.match(answer.head, /^Allow: GET, HEAD, OPTIONS$/m);
  });
}

test('head_has_the_headers_of_get_and_no_body', async () => {
  const head = await send(request('HEAD', '/health/live'));
  const get = await send(request('GET', '/health/live'));
  assert.equal(head.status, 200);
  assert.equal(head.body, '');
  assert.match(head.head, new RegExp(`^Content-Length: ${get.body.length}$`, 'm'));
});

test('survives_format_strings_in_the_url_and_a_reset', async () => {
  const directives = '%25s%25n%25x%25p'.repeat(40);
  for (let i = 0; i < 50; i++) {
    const state = open();
    await state.opened;
    state.socket.write(`GET /x/${directives} HTTP/1.1\r\nHost: ${directives}\r\n`);
    state.socket.resetAndDestroy();
    await state.closed;
  }
  const answer = await send(request('GET', `/x/${directives}`, { 'X-Y': '%s%n%n%n' }));
  assert.equal(answer.status, 404);
  await assertAlive();
});

test('logs_no_query_string_nor_raw_path', async () => {
  for (const target of ['/v1/statistics?token=s3cr3t', '/v1/s3cr3t-path']) {
    const { head } = await send(request('GET', target));
    await logDone(server, /^x-request-id: (\S+)/im.exec(head)[1]);
  }
  assert.doesNotMatch(server.stderr, /s3cr3t/);
});

test('keeps_its_log_lines_whole_under_an_endless_method', async () => {
  await send(request('M'.repeat(20_000), '/health/live'));
  await waitFor('its line', () => server.logs.some(({ status }) => status === 501));
});

test('refuses_a_header_block_over_32_kilobytes', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`X-Padding-${i}`, 'a'.repeat(1000)]),
  );
  const answer = await send(request('GET', '/health/live', many));
  assert.equal(answer.status, 431, answer.head);
  assert.match(answer.head, /^Content-Type: application\/problem\+json$/m);
  await assertAlive();
});

test('accepts_a_header_block_of_30_kilobytes', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`X-Padding-${i}`, 'a'.repeat(980)]),
  );
  assert.equal((await send(request('GET', '/health/live', many))).status, 200);
});

test('survives_endless_headers', async () => {
  const state = open();
  await state.opened;
  state.socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\n');
  const line = `X-Y: ${'a'.repeat(4000)}\r\n`;
  for (let i = 0; i < 500 && !state.socket.destroyed; i++) {
    if (!state.socket.write(line)) {
      await drained(state);
    }
  }
  await state.closed;
  assert.match(state.received, /^(HTTP\/1\.1 4\d\d|$)/);
  await assertAlive();
});

test('gives_every_answer_its_security_headers', async () => {
  for (const bytes of [
    request('GET', '/health/live'),
    request('GET', '/v1/nowhere'),
    request('get', '/'),
    request('GET', '/%00'),
    FRAMING.two_hosts,
  ]) {
    const { head } = await send(bytes);
    assert.match(head, /^X-Content-Type-Options: nosniff$/m);
    assert.match(head, /^Content-Security-Policy: default-src 'none'; frame-ancestors 'none'$/m);
    assert.match(head, /^Cache-Control: no-store$/m);
    assert.match(head, /^Referrer-Policy: no-referrer$/m);
    assert.match(head, /^X-Request-ID: [0-9a-f-]{36}$/m);
  }
});

test('keeps_a_request_id_only_when_it_is_a_uuid', async () => {
  const id = '5f0c1d0e-0000-4000-8000-00000000abcd';
  const kept = await send(request('GET', '/health/live', { 'X-Request-ID': id }));
  assert.match(kept.head, new RegExp(`^X-Request-ID: ${id}$`, 'm'));
  const other = await send(request('GET', '/health/live', { 'X-Request-ID': 'a"b' }));
  assert.match(other.head, /^X-Request-ID: [0-9a-f-]{36}$/m);
});

test('answers_413_to_a_body_over_the_limit_and_never_runs_on_its_valid_prefix', async () => {
  const document = '{"email":"a@b.fr","password":"x"}';
  const padded = document + ' '.repeat(2 ** 20 - document.length + 1);
  const headers = { 'Content-Type': 'application/json' };
  const over = await send(request('POST', '/v1/session', headers, padded));
  assert.equal(over.status, 413, over.text.slice(0, 500));
  const chunked =
    'POST /v1/session HTTP/1.1\r\nHost: a\r\nConnection: close\r\n' +
    'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n' +
    `${padded.length.toString(16)}\r\n${padded}\r\n0\r\n\r\n`;
  assert.equal((await send(chunked)).status, 413);
});

/** What a caller reads of a request whose head alone was sent. */
async function answerToHead(target, headers, method = 'POST') {
  const state = open();
  await state.opened;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  state.socket.write(`${method} ${target} HTTP/1.1\r\nHost: a\r\n${lines.join('')}\r\n`);
  await waitFor('the answer', () => state.received.includes('}'), { timeoutMs: 5000 });
  state.socket.destroy();
  return state.received;
}

const JSON_BODY = { 'Content-Type': 'application/json' };

test('answers_413_with_the_bound_before_the_body_has_come', async () => {
  for (const [target, bound] of [
    ['/v1/share-redemptions?x=1', 4096],
    ['/v1/session', 16384],
    ['/v1/usage/calls', 1048576],
  ]) {
    const length = { ...JSON_BODY, 'Content-Length': bound + 1 };
    const answer = await answerToHead(target, length);
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.match(answer, /^Connection: close$/im);
    const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
    assert.equal(problem.detail, `Le corps dépasse ${bound} octets.`.replace('é', 'Ã©')); // latin1
    assert.equal(problem.instance, target.split('?')[0]);
    const asked = await answerToHead(target, { ...length, Expect: '100-continue' });
    assert.match(asked, /^HTTP\/1\.1 413 /);
    assert.doesNotMatch(asked, /100 Continue/);
  }
  await assertAlive();
});

test('takes_a_body_of_the_bound_and_refuses_one_more_byte_of_chunks', async () => {
  const whole = '{}'.padEnd(4096);
  const fits = await send(request('POST', '/v1/share-redemptions', JSON_BODY, whole));
  assert.equal(fits.status, 422, fits.text);
  const chunked = (text) =>
    request(
      'POST',
      '/v1/share-redemptions',
      { ...JSON_BODY, 'Transfer-Encoding': 'chunked' },
      `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
    );
  assert.equal((await send(chunked(whole))).status, 422);
  assert.equal((await send(chunked(`${whole} `))).status, 413);
});

test('says_404_and_405_of_a_body_to_nowhere', async () => {
  const body = '{}'.padEnd(5000);
  assert.equal((await send(request('POST', '/v1/nowhere', JSON_BODY, body))).status, 404);
  assert.equal((await send(request('POST', '/health/live', JSON_BODY, body))).status, 405);
  const unwanted = { ...JSON_BODY, 'Content-Length': 5000 };
  const toGet = await answerToHead('/health/live', unwanted, 'GET');
  assert.match(toGet, /^HTTP\/1\.1 400 /);
});

const residentKb = async () =>
  Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${server.pid}/status`, 'utf8'))[1]);

/** Holds what was before, and what the sanitizers keep of memory that was freed. */
const isSanitized = Boolean(process.env.GUICHET_TEST_SANITIZER);
const SPARE_KB = isSanitized ? 400_000 : 10_000;

const backToRest = (before) =>
  waitFor('its memory is given back', async () => (await residentKb()) - before < SPARE_KB);

/** Sends pieces of a megabyte until the server has had enough. */
async function flood(head, pieces) {
  const piece = Buffer.alloc(1 << 20, 'a');
  const state = open();
  await state.opened;
  state.socket.write(head);
  for (let i = 0; i < pieces && !state.socket.destroyed; i++) {
    if (!state.socket.write(piece)) {
      await drained(state);
    }
  }
  return state;
}

const postHead = (target, length) =>
  `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

test('costs_no_memory_to_send_300_megabytes_to_a_small_route', async () => {
  await assertAlive();
  const before = await residentKb();
  let most = 0;
  const watch = setInterval(async () => (most = Math.max(most, await residentKb())), 20);
  const floods = Array.from({ length: 8 }, async () => {
    const state = await flood(postHead('/v1/session', 300_000_000), 286);
    await state.closed;
    assert.match(state.received, /^(HTTP\/1\.1 413 |$)/); // a reset may overtake the answer
  });
  await assertAlive();
  await Promise.all(floods);
  clearInterval(watch);
  await assertAlive();
  assert.ok(most - before < SPARE_KB, `${most - before} kB more`);
  await backToRest(before);
});

test('holds_80_half_sent_bodies_in_64_megabytes_and_gives_them_back', async () => {
  await assertAlive();
  const before = await residentKb();
  const length = 1 << 20;
  const states = await Promise.all(
    Array.from({ length: 80 }, async () => {
      const state = open();
      await state.opened;
      state.socket.write(postHead('/v1/usage/calls', length));
      state.socket.write(Buffer.alloc((length * 3) / 4, 'a'));
      return state;
    }),
  );
  // A body that no longer moves is ended after 10 s, which a slow machine needs to read all of them.
  const part = Buffer.alloc(1000, 'a');
  const drip = setInterval(() => states.forEach(({ socket }) => socket.write(part)), 500);
  try {
    const refused = () => states.filter(({ received }) => received.startsWith('HTTP/1.1 503 '));
    await waitFor('some are refused', () => refused().length > 0);
    await waitFor('the others are held', async () => {
      const metrics = await server.metrics();
      return Number(/^guichet_http_body_bytes (\S+)$/m.exec(metrics)[1]) >= 46 << 20;
    });
    assert.ok(refused().every(({ received }) => /^Retry-After: 5$/m.test(received)));
    assert.ok(refused().length < 30, `${refused().length} refused`);
    assert.ok((await residentKb()) - before < 64_000 + SPARE_KB);
    // A log-in beside them is answered.
    const logIn = request('POST', '/v1/session', JSON_BODY, '{"email":"a@b.fr","password":"x"}');
    assert.equal((await send(logIn)).status, 401);
  } finally {
    clearInterval(drip);
  }
  states.forEach(({ socket }) => socket.destroy());
  await Promise.all(states.map(({ closed }) => closed));
  await backToRest(before);
  await assertAlive();
});

test('holds_half_sent_uploads_in_files', async () => {
  await assertAlive();
  const before = await residentKb();
  const id = '5f0c1d0e-0000-4000-8000-00000000abcd';
  const states = await Promise.all(
    Array.from({ length: 20 }, () =>
      flood(
        `POST /v1/requests/${id}/attachments HTTP/1.1\r\nHost: a\r\n` +
          'Content-Type: multipart/form-data; boundary=a\r\nContent-Length: 10500000\r\n\r\n',
        9,
      ),
    ),
  );
  const held = async () => {
    const metrics = await server.metrics();
    return Number(/^guichet_http_upload_bytes (\S+)$/m.exec(metrics)[1]);
  };
  await waitFor('all that was sent is held', async () => (await held()) === (20 * 9) << 20);
  assert.ok((await residentKb()) - before < SPARE_KB);
  states.forEach(({ socket }) => socket.destroy());
  await waitFor('nothing is left of it', async () => (await held()) === 0);
  await backToRest(before);
  await assertAlive();
});

const SLOW_PARTS = 36;

test('closes_connections_with_slow_headers_or_a_slow_body_and_takes_a_file_over_a_slow_line', async () => {
  const started = Date.now();
  const logged = server.logs.length;
  const headers = open();
  const body = open();
  const file = open();
  const stalled = open();
  await Promise.all([headers.opened, body.opened, file.opened, stalled.opened]);
  // 2 kB a second, over more than one window of 10 s.
  const part = Buffer.alloc(1000, 'a');
  const id = '5f0c1d0e-0000-4000-8000-00000000abcd';
  file.socket.write(
    `POST /v1/requests/${id}/attachments HTTP/1.1\r\nHost: a\r\n` +
      `Content-Type: multipart/form-data; boundary=a\r\nContent-Length: ${SLOW_PARTS * part.length}\r\n\r\n`,
  );
  // One that moved, and then no longer.
  stalled.socket.write(
    `POST /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n${'a'.repeat(30_000)}`,
  );
  let parts = 0;
  headers.socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\nX-Y: ');
  body.socket.write('POST /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n');
  const drip = setInterval(() => {
    headers.socket.write('a');
    body.socket.write('a');
    if (parts++ < SLOW_PARTS) file.socket.write(part);
  }, 500);
  try {
    await headers.closed;
    const afterHeadersMs = Date.now() - started;
    await assertAlive();
    await body.closed;
    assert.ok(afterHeadersMs >= 9_000, `${afterHeadersMs} ms`);
    assert.ok(Date.now() - started >= 9_000);
    await waitFor('the answer to the file', () => file.received.startsWith('HTTP/1.1 401 '));
    assert.ok(parts >= SLOW_PARTS, `${parts} parts`);
    await stalled.closed;
  } finally {
    clearInterval(drip);
    file.socket.destroy();
  }
  const reaped = () =>
    server.logs.slice(logged).filter(({ event }) => event === 'connection_reaped');
  await waitFor('the three lines', () => reaped().length === 3);
  assert.deepEqual(
    reaped()
      .map(({ phase }) => phase)
      .sort(),
    ['body', 'body', 'headers'],
  );
  await assertAlive();
});

// ThreadSanitizer makes threads so slow that the deadline would end most of 2,000.
const CONNECTIONS = process.env.GUICHET_TEST_SANITIZER === 'thread' ? 200 : 2000;

test(`serves_others_with_${CONNECTIONS}_open_connections`, async () => {
  const states = Array.from({ length: CONNECTIONS }, () => open());
  await Promise.all(states.map(({ opened }) => opened));
  // Half of them have begun a request and say no more.
  states
    .filter((_, i) => i % 2 === 0)
    .forEach(({ socket }) => socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\n'));
  await Promise.all(Array.from({ length: 50 }, assertAlive));
  // All of them are served in the end.
  states.forEach(({ socket }, i) =>
    socket.write(i % 2 === 0 ? '\r\n' : 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n'),
  );
  await waitFor('all answers', () => states.every(({ received }) => received.includes('"live"')));
  states.forEach(({ socket }) => socket.destroy());
  await assertAlive();
});

test('survives_many_resets', async () => {
  for (let round = 0; round < 10; round++) {
    const states = Array.from({ length: 200 }, () => open());
    await Promise.all(states.map(({ opened }) => opened));
    for (const { socket } of states) {
      socket.write('GET /openapi.yaml HTTP/1.1\r\nHost: a\r\n\r\n');
      socket.resetAndDestroy();
    }
    await Promise.all(states.map(({ closed }) => closed));
  }
  await assertAlive();
});
