// The port of the monitoring: figures there and nowhere else, whatever the path looks like.
import assert from 'node:assert/strict';
import { stat, mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exchange, request } from '../support/raw.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { waitFor } from '../support/wait.mjs';

/** `MANAGEMENT_CONNECTIONS_MAX` of http/management.h. */
const CONNECTIONS = 16;

let server;
let folder;
before(async () => {
  server = await startServer();
  folder = await mkdtemp('/tmp/guichet-');
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

for (const path of [
  '/metrics',
  '/metrics/',
  '/metrics?a=b',
  '/%6detrics',
  '/%6D%65%74%72%69%63%73',
  '/%256detrics',
  '//metrics',
  '/./metrics',
  '/x/../metrics',
  '/v1/../metrics',
  '/METRICS',
  '/metrics%00',
  '/metrics;a',
  'http://localhost/metrics',
]) {
  test(`the_public_port_tells_no_figures_at_${path}`, async () => {
    const { status, body } = await exchange(server.url, request('GET', path));
    assert.ok([400, 404].includes(status), `${status}`);
    assert.doesNotMatch(body, /guichet_|# TYPE/);
  });
}

test('the_public_port_answers_a_problem_at_the_usual_path', async () => {
  const { status, head } = await exchange(server.url, request('GET', '/metrics'));
  assert.equal(status, 404);
  assert.match(head, /^Content-Type: application\/problem\+json$/m);
});

test('the_port_of_the_monitoring_tells_figures_and_nothing_else', async () => {
  const ask = (method, path, body) =>
    exchange(server.managementUrl, request(method, path, {}, body));
  const good = await ask('GET', '/metrics');
  assert.equal(good.status, 200);
  assert.match(good.head, /^Content-Type: text\/plain; version=0\.0\.4; charset=utf-8$/m);
  assert.match(good.body, /^guichet_build_info\{version="[^"]+"\} 1$/m);
  const head = await ask('HEAD', '/metrics');
  assert.equal(head.status, 200);
  assert.equal(head.body, '');
  for (const path of ['/', '/v1/session', '/health/ready', '/metrics/x', '/openapi.yaml']) {
    const answer = await ask('GET', path);
    assert.equal(answer.status, 404, path);
    assert.equal(JSON.parse(answer.body).status, 404);
  }
  const posted = await ask('POST', '/metrics');
  assert.equal(posted.status, 405);
  assert.match(posted.head, /^Allow: GET, HEAD$/m);
  assert.equal((await ask('POST', '/metrics', 'a body')).status, 0);
});

test('callers_that_say_nothing_keep_few_connections_and_no_user_waits', async () => {
  const port = Number(new URL(server.managementUrl).port);
  const ended = new Set();
  const sockets = Array.from({ length: 3 * CONNECTIONS }, () => {
    const socket = net.connect(port, '127.0.0.1');
    return socket
      .on('error', () => {})
      .on('close', () => ended.add(socket))
      .resume();
  });
  await waitFor('what is too much to be ended', () => ended.size >= 2 * CONNECTIONS);
  (await server.client().get('/v1/products')).expect(200);
  for (const socket of sockets) socket.destroy();
  await waitFor('the figures again', () => server.metrics().catch(() => undefined));
});

const figuresAt = (socketPath) =>
  new Promise((done, failed) => {
    http
      .get({ socketPath, path: '/metrics' }, (answer) => {
        answer.resume().on('end', () => done(answer.statusCode));
      })
      .on('error', failed);
  });

test('listens_at_a_path_and_takes_it_back_after_a_kill', async () => {
  const path = join(folder, 'figures');
  const own = await startServer({ env: { GUICHET_MANAGEMENT_BIND: `unix:${path}` } });
  try {
    assert.equal(await figuresAt(path), 200);
    assert.equal((await stat(path)).mode & 0o777, 0o660);
    await own.kill();
    assert.ok((await stat(path)).isSocket());
    await own.start();
    assert.equal(await figuresAt(path), 200);
    const second = await runProgram(['serve'], { env: { ...own.env, GUICHET_PORT: '0' } });
    assert.equal(second.code, 1);
    assert.match(second.stderr, /GUICHET_MANAGEMENT_BIND: .*figures: Address already in use/);
    assert.equal(await figuresAt(path), 200);
  } finally {
    await own.stop();
  }
  await assert.rejects(stat(path), { code: 'ENOENT' });
});

test('takes_no_file_and_no_port_of_others_away', async () => {
  const env = { ...server.env, GUICHET_PORT: '0' };
  for (const [place, reason] of [
    [`unix:${join(folder, 'none', 'figures')}`, 'No such file or directory'],
    [`unix:${folder}`, 'File exists'],
    [server.env.GUICHET_MANAGEMENT_BIND, 'Address already in use'],
    [`127.0.0.1:${server.port}`, 'Address already in use'],
    ['192.0.2.1:9090', 'Cannot assign requested address'],
  ]) {
    const { code, stderr } = await runProgram(['serve'], {
      env: { ...env, GUICHET_MANAGEMENT_BIND: place },
    });
    assert.equal(code, 1, place);
    assert.match(stderr, new RegExp(`GUICHET_MANAGEMENT_BIND: .*: ${reason}`), place);
  }
  assert.ok((await stat(folder)).isDirectory());
});

test('serves_without_a_port_of_the_monitoring', async () => {
  const own = await startServer({ env: { GUICHET_MANAGEMENT_BIND: '' } });
  try {
    (await own.client().get('/v1/products')).expect(200);
    const started = own.logs.filter(({ event }) => event === 'started');
    assert.deepEqual(
      started.filter(({ part }) => part === 'management'),
      [],
    );
  } finally {
    await own.stop();
  }
});
