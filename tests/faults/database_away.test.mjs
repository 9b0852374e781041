// PostgreSQL is not there yet, goes away under load, and comes back: the same process waits it out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { newCluster } from '../support/cluster.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { stopwatch } from '../support/stopwatch.mjs';
import { waitFor } from '../support/wait.mjs';

const CALLERS = 16;
let cluster;
let server;

before(async () => {
  cluster = await newCluster();
  server = await startServer({ database: cluster.database, start: false });
});
after(async () => {
  await server.stop();
  await cluster.remove();
});

async function ask(path, headers = {}) {
  const elapsedMs = stopwatch();
  const answer = await fetch(`${server.url}${path}`, { headers });
  await answer.arrayBuffer();
  return {
    status: answer.status,
    retryAfter: answer.headers.get('retry-after'),
    ms: Math.round(elapsedMs()),
  };
}

test('starts_without_a_database_and_serves_once_it_is_up', async () => {
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
  await cluster.start();
  assert.equal((await runProgram(['migrate'], { env: server.env })).code, 0);
  await ready;
});

/** Asks without a pause until `stop()`, which gives everything that was answered. */
async function load() {
  const { client } = await logInAs(server);
  const headers = {
    cookie: [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  };
  const seen = [];
  let stopped = false;
  const callers = Array.from({ length: CALLERS }, async () => {
    while (!stopped) seen.push(await ask('/v1/requests', headers));
  });
  await waitFor('a good answer', () => seen.some(({ status }) => status === 200));
  const stop = async () => {
    stopped = true;
    await Promise.all(callers);
    client.close();
    return seen;
  };
  return { seen, stop };
}

const AWAY = {
  restarts: { leave: () => cluster.stop(), back: () => cluster.start() },
  is_frozen: { leave: () => cluster.freeze(), back: () => cluster.thaw() },
};

for (const [what, { leave, back }] of Object.entries(AWAY)) {
  test(`answers_503_within_3_s_while_the_database_${what}_and_recovers_within_5_s`, async (t) => {
    const { pid } = server;
    const { seen, stop } = await load();
    await leave();
    await waitFor('refusals', () => seen.filter(({ status }) => status === 503).length > CALLERS);
    assert.equal((await ask('/health/live')).status, 200);
    await back();
    const elapsedMs = stopwatch();
    await waitFor('readiness', async () => (await ask('/health/ready')).status === 200);
    const wholeMs = Math.round(elapsedMs());
    assert.ok(wholeMs < 5000, `${wholeMs} ms`);
    const from = seen.length;
    await waitFor('good answers', () => seen.length > from + CALLERS * 4);
    await stop();
    assert.deepEqual([...new Set(seen.map(({ status }) => status))].sort(), [200, 503]);
    const refusals = seen.filter(({ status }) => status === 503);
    assert.ok(refusals.every(({ retryAfter }) => Number(retryAfter) > 0));
    const slowest = Math.max(...refusals.map(({ ms }) => ms));
    t.diagnostic(JSON.stringify({ refusals: refusals.length, slowest, wholeMs }));
    assert.ok(slowest < 3000, `${slowest} ms`);
    assert.equal(server.pid, pid);
  });
}
