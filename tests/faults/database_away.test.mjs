// PostgreSQL is not there yet, goes away under load, and comes back: the same process waits it out.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { logInAs } from '../support/accounts.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { waitFor } from '../support/wait.mjs';

const CLUSTER = fileURLToPath(new URL('../../script/cluster', import.meta.url));
const CALLERS = 16;
let folder;
let server;
let database;

async function startDatabase() {
  const child = spawn(CLUSTER, [join(folder, 'pg'), folder], { stdio: ['ignore', 'pipe', 2] });
  await once(child.stdout, 'data');
  return child;
}

async function stopDatabase() {
  const ended = once(database, 'close');
  database.kill('SIGTERM');
  await ended;
}

const urlOf = (user) => `postgresql:///guichet?host=${folder}&user=${user}`;

before(async () => {
  folder = await mkdtemp('/tmp/gd-');
  const absent = { url: urlOf('guichet_app'), ownerUrl: urlOf('guichet_owner'), drop: () => {} };
  server = await startServer({ database: absent, start: false });
});
after(async () => {
  await server.stop();
  await stopDatabase();
  await rm(folder, { recursive: true, force: true });
});

async function ask(path, headers = {}) {
  const started = Date.now();
  const answer = await fetch(`${server.url}${path}`, { headers });
  await answer.arrayBuffer();
  return {
    status: answer.status,
    retryAfter: answer.headers.get('retry-after'),
    ms: Date.now() - started,
  };
}

test('starts_without_a_database_and_serves_once_it_is_there', async () => {
  const ready = server.start();
  await waitFor('the port', () => ask('/health/live').catch(() => false));
  for (const path of ['/health/ready', '/v1/directory/establishments?q=mairie']) {
    const { status, retryAfter, ms } = await ask(path);
    assert.equal(status, 503, path);
    assert.match(retryAfter, /^[1-9]\d*$/);
    assert.ok(ms < 3000, `${ms} ms`);
  }
  assert.equal((await ask('/openapi.yaml')).status, 200);
  assert.equal((await ask('/')).status, 200);
  database = await startDatabase();
  assert.equal((await runProgram(['migrate'], { env: server.env })).code, 0);
  await ready;
});

test('answers_503_within_3_s_while_the_database_restarts_and_is_whole_again_within_5_s', async () => {
  const { pid } = server;
  const { client } = await logInAs(server);
  const headers = {
    cookie: [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  };
  let stopped = false;
  const seen = [];
  const callers = Array.from({ length: CALLERS }, async () => {
    while (!stopped) {
      seen.push(await ask('/v1/requests', headers));
    }
  });
  await waitFor('a good answer', () => seen.some(({ status }) => status === 200));
  await stopDatabase();
  await waitFor('refusals', () => seen.filter(({ status }) => status === 503).length > CALLERS);
  assert.equal((await ask('/health/live')).status, 200);
  database = await startDatabase();
  const backAt = Date.now();
  await waitFor('readiness', async () => (await ask('/health/ready')).status === 200);
  assert.ok(Date.now() - backAt < 5000, `${Date.now() - backAt} ms`);
  const from = seen.length;
  await waitFor('good answers', () => seen.length > from + CALLERS * 4);
  stopped = true;
  await Promise.all(callers);
  assert.deepEqual([...new Set(seen.map(({ status }) => status))].sort(), [200, 503]);
  const refusals = seen.filter(({ status }) => status === 503);
  assert.ok(refusals.every(({ retryAfter }) => Number(retryAfter) > 0));
  const slowest = Math.max(...refusals.map(({ ms }) => ms));
  assert.ok(slowest < 3000, `${slowest} ms`);
  assert.equal(server.pid, pid);
});
