// The HTTP client against servers that answer well, badly, late or not at all.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Outbound } from '../support/outbound.mjs';
import { freePort } from '../support/ports.mjs';
import { stopwatch } from '../support/stopwatch.mjs';
import { makeCertificate } from '../support/tls.mjs';

let outbound;
let server;
let secure;
let certificate;
let base;
const seen = { sockets: 0, last: /** @type {any} */ (null), redirected: 0 };
const open = new Set();

const routes = {
  '/plain': (req, res) => res.setHeader('X-Answer', 'yes').end('bonjour'),
  '/echo': (req, res) => {
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => {
      const { method, headers } = req;
      res.end(JSON.stringify({ method, headers, body: Buffer.concat(chunks).toString() }));
    });
  },
  '/chunks': (req, res) => {
    const times = Number(req.url.split('=')[1] ?? 200);
    for (let i = 0; i < times; i++) res.write('bonjour à tous');
    res.end();
  },
  '/until-closed': (req) => req.socket.end('HTTP/1.1 200 OK\r\n\r\nbonjour'),
  '/nothing': (req, res) => res.writeHead(204).end(),
  '/error': (req, res) => res.writeHead(503, { 'Retry-After': '7' }).end('later'),
  '/redirect': (req, res) => res.writeHead(302, { Location: '/redirected' }).end(),
  '/redirected': (req, res) => {
    seen.redirected += 1;
    res.end();
  },
  '/gzip': (req, res) =>
    res.setHeader('Content-Encoding', 'gzip').end(gzipSync('bonjour'.repeat(100))),
  '/bomb': (req, res) =>
    res.setHeader('Content-Encoding', 'gzip').end(gzipSync(Buffer.alloc(50 * 1024 * 1024))),
  '/bad-gzip': (req, res) =>
    res.setHeader('Content-Encoding', 'gzip').end('this is not gzip, whatever it says'),
  '/cut-gzip': (req, res) =>
    res.setHeader('Content-Encoding', 'gzip').end(gzipSync('x'.repeat(10000)).subarray(0, 30)),
  '/cut': (req, res) => {
    res.writeHead(200, { 'Content-Length': '1000' });
    res.write('only this', () => res.destroy());
  },
  '/reset': (req) => req.socket.resetAndDestroy(),
  '/silent': () => {},
  '/trickle': (req, res) => {
    const timer = setInterval(() => res.write('x'), 20);
    res.on('close', () => clearInterval(timer));
  },
  '/endless': (req, res) => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const push = () => {
      while (!res.destroyed && res.write(chunk));
    };
    res.on('drain', push);
    push();
  },
  '/declared-huge': (req, res) =>
    res.writeHead(200, { 'Content-Length': String(2 ** 30) }).write('x'),
  '/many-headers': (req, res) => {
    for (let i = 0; i < 300; i++) res.setHeader(`X-Header-${i}`, 'v');
    res.end();
  },
};

before(async () => {
  certificate = makeCertificate();
  const listener = (req, res) => {
    seen.last = req;
    routes[req.url.split('?')[0]](req, res);
  };
  server = http.createServer({ maxHeaderSize: 65536 }, listener).listen(0, '127.0.0.1');
  secure = https.createServer({ key: certificate.key, cert: certificate.cert }, listener);
  secure.listen(0, '127.0.0.1');
  for (const one of [server, secure]) {
    one.on('connection', (socket) => {
      seen.sockets += 1;
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
  }
  await Promise.all([once(server, 'listening'), once(secure, 'listening')]);
  base = `http://127.0.0.1:${server.address().port}`;
  outbound = new Outbound();
});

after(async () => {
  assert.equal(await outbound.close(), 0);
  for (const socket of open) socket.destroy();
  server.close();
  secure.close();
  certificate.remove();
});

const call = (path, more = {}) => outbound.ask({ do: 'http', url: base + path, ...more });

test('passes_status_headers_and_body', async () => {
  const answer = await call('/plain');
  assert.equal(answer.error, 'ok');
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['X-Answer'], 'yes');
  assert.equal(answer.body, 'bonjour');
  assert.deepEqual([(await call('/nothing')).status, (await call('/error')).status], [204, 503]);
});

test('sends_method_headers_and_body_as_given', async () => {
  const answer = await call('/echo', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', 'X-Empty': '' },
    body: '{"a":1}',
  });
  const echo = JSON.parse(answer.body);
  assert.equal(echo.method, 'PUT');
  assert.equal(echo.body, '{"a":1}');
  assert.equal(echo.headers['content-type'], 'application/json');
  assert.equal(echo.headers['x-empty'], '');
  assert.equal(echo.headers.expect, undefined);
  const again = JSON.parse((await call('/echo')).body);
  assert.equal(again.method, 'GET');
  assert.equal(again.body, '');
  assert.equal(again.headers['content-type'], undefined);
});

test('keeps_its_connection_between_calls', async () => {
  await call('/plain');
  const before_ = seen.sockets;
  for (let i = 0; i < 5; i++) await call('/plain');
  assert.equal(seen.sockets, before_);
});

test('recovers_when_a_kept_connection_was_closed', async () => {
  await call('/plain');
  for (const socket of open) socket.destroy();
  assert.equal((await call('/plain')).error, 'ok');
});

test('never_takes_unsolicited_bytes_for_the_next_answer', async (t) => {
  const answer = (body) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  let calls = 0;
  const forger = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {
      calls += 1;
      socket.write(answer(`own ${calls}`) + answer('forged'));
    });
  });
  forger.listen(0, '127.0.0.1');
  await once(forger, 'listening');
  t.after(() => forger.close());
  const url = `http://127.0.0.1:${/** @type {net.AddressInfo} */ (forger.address()).port}/`;
  for (const expected of ['own 1', 'own 2', 'own 3']) {
    assert.equal((await outbound.ask({ do: 'http', url })).body, expected);
  }
});

test('retries_safe_methods_only', async (t) => {
  const asked = [];
  const leaver = net.createServer((socket) => {
    let calls = 0;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      asked.push(String(bytes).split(' ')[0]);
      calls += 1;
      if (calls === 1) socket.write('HTTP/1.1 204 No Content\r\n\r\n');
      else socket.end();
    });
  });
  leaver.listen(0, '127.0.0.1');
  await once(leaver, 'listening');
  t.after(() => leaver.close());
  const url = `http://127.0.0.1:${/** @type {net.AddressInfo} */ (leaver.address()).port}/`;
  assert.equal((await outbound.ask({ do: 'http', url })).status, 204);
  assert.equal((await outbound.ask({ do: 'http', url })).status, 204);
  assert.deepEqual(asked, ['GET', 'GET', 'GET']);
  assert.equal(
    (await outbound.ask({ do: 'http', url, method: 'POST', body: 'x' })).error,
    'upstream',
  );
  assert.deepEqual(asked, ['GET', 'GET', 'GET', 'POST']);
});

test('reads_chunks_and_answers_ended_by_close', async () => {
  assert.equal((await call('/chunks')).body, 'bonjour à tous'.repeat(200));
  assert.equal((await call('/chunks?times=3000')).body_bytes, 3000 * 15);
  assert.equal((await call('/until-closed')).body, 'bonjour');
  assert.equal((await call('/plain', { method: 'HEAD' })).body, '');
  assert.equal((await call('/plain')).body, 'bonjour');
});

test('never_follows_redirects', async () => {
  const answer = await call('/redirect');
  assert.equal(answer.status, 302);
  assert.equal(seen.redirected, 0);
});

test('refuses_line_breaks_in_headers_and_other_schemes', async () => {
  const answer = await call('/plain', { headers: { 'X-A': 'b\r\nX-Injected: 1' } });
  assert.equal(answer.error, 'invalid');
  for (const url of [
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'gopher://127.0.0.1/',
    'nonsense://x',
    '',
  ]) {
    assert.equal((await outbound.ask({ do: 'http', url })).error, 'invalid', url);
  }
});

test('refuses_compressed_answers', async () => {
  assert.equal(JSON.parse((await call('/echo')).body).headers['accept-encoding'], 'identity');
  for (const path of ['/gzip', '/bomb', '/bad-gzip', '/cut-gzip']) {
    assert.equal((await call(path)).error, 'upstream', path);
  }
});

test('reports_malformed_answers', async () => {
  for (const path of ['/cut', '/reset', '/many-headers']) {
    assert.equal((await call(path)).error, 'upstream', path);
  }
});

test('bounds_the_size_of_an_answer', async () => {
  for (const path of ['/endless', '/declared-huge']) {
    const answer = await call(path, { body_bytes_max: 100000, timeout_ms: 10000 });
    assert.equal(answer.error, 'upstream', path);
    assert.equal(answer.reason, 'answer too large', path);
  }
});

test('gives_up_in_time_on_silence_and_on_a_trickle', async () => {
  for (const path of ['/silent', '/trickle']) {
    const elapsedMs = stopwatch();
    assert.equal((await call(path, { timeout_ms: 300 })).error, 'timeout', path);
    assert.ok(elapsedMs() < 2000);
  }
});

test('reports_unavailable_when_nothing_listens', async () => {
  const url = `http://127.0.0.1:${await freePort()}/`;
  assert.equal((await outbound.ask({ do: 'http', url })).error, 'unavailable');
  // Or no answer in time, where the machine's own resolver is silent.
  const unknown = { do: 'http', url: 'http://no-such-host.invalid/', timeout_ms: 5000 };
  assert.match((await outbound.ask(unknown)).error, /^(unavailable|timeout)$/);
});

test('accepts_trusted_certificates_only', async () => {
  const { port } = secure.address();
  const ask = (host, more) =>
    outbound.ask({ do: 'http', url: `https://${host}:${port}/plain`, ...more });
  assert.equal((await ask('127.0.0.1', {})).error, 'upstream');
  assert.equal((await ask('127.0.0.1', { ca_file: certificate.file })).body, 'bonjour');
  const other = makeCertificate('DNS:other.example');
  const wrong = https.createServer({ key: other.key, cert: other.cert }, (req, res) => res.end());
  wrong.listen(0, '127.0.0.1');
  await once(wrong, 'listening');
  const url = `https://127.0.0.1:${/** @type {net.AddressInfo} */ (wrong.address()).port}/`;
  assert.equal((await outbound.ask({ do: 'http', url, ca_file: other.file })).error, 'upstream');
  wrong.close();
  other.remove();
});

test('refuses_internal_addresses_for_urls_of_users', async () => {
  const { port } = server.address();
  const sockets = seen.sockets;
  for (const host of [
    '127.0.0.1',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
    '2130706433',
    '0x7f.1',
  ]) {
    const answer = await outbound.ask({
      do: 'http',
      url: `http://${host}:${port}/plain`,
      public_only: true,
    });
    assert.equal(answer.error, 'forbidden', host);
  }
  assert.equal(seen.sockets, sockets);
});

test('ignores_a_proxy_of_the_environment', async () => {
  const other = new Outbound({ http_proxy: 'http://127.0.0.1:9', all_proxy: 'http://127.0.0.1:9' });
  assert.equal((await other.ask({ do: 'http', url: `${base}/plain` })).body, 'bonjour');
  assert.equal(await other.close(), 0);
});
