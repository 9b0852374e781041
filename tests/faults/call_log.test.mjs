// The record of calls under load: the end of the program, its death, and a database whose answer is
// lost, leave every answered call there once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newCluster } from '../support/cluster.mjs';
import { createDatabase } from '../support/database.mjs';
import { PostgresProxy } from '../support/postgres_proxy.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { stalledMs, stopwatch } from '../support/stopwatch.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const UNIT = `/gateway/api-entreprise/v4/insee/sirene/unites_legales/130025265?${ASKED}`;
const CALLERS = 8;
const CALLS_MIN = 2000;
/** What a death may cost. */
const LOST_MS = 1000;
const HOUR_MS = 3_600_000;

let server;
let token;
let load;
const open = [];

async function begin(options) {
  server = await startServer(options);
  token = await (
    await new Issuer(server).start()
  ).issue({
    scopes: ['unites_legales_etablissements_insee'],
  });
  load = startLoad();
}
afterEach(async () => {
  load?.stop();
  await load?.over;
  await server?.stop();
  for (const close of open.splice(0)) await close();
});

/** Callers that call until they are stopped or cut off; keeps what was answered, and when. */
function startLoad() {
  const answered = new Map();
  let stopped = false;
  const agent = new http.Agent({ keepAlive: true });
  const call = () =>
    new Promise((done) => {
      const headers = { Authorization: `Bearer ${token.string}` };
      const request = http.get(server.url + UNIT, { agent, headers }, (response) => {
        response.resume();
        response.on('error', done);
        response.on('end', () => {
          answered.set(response.headers['x-request-id'], Date.now());
          done(undefined);
        });
      });
      request.on('error', (error) => {
        stopped = true;
        done(error);
      });
    });
  const caller = async () => {
    while (!stopped) await call();
  };
  const over = Promise.all(Array.from({ length: CALLERS }, caller)).finally(() => agent.destroy());
  return { answered, over, stop: () => (stopped = true) };
}

const enough = () => waitFor('the load', async () => load.answered.size >= CALLS_MIN);

/** How often each call stands in the log. */
async function logged() {
  const rows = await server.database.rows(
    `select request_id, count(*)::int from call where token_id = '${token.id}' group by 1`,
  );
  return new Map(rows.map(({ request_id: id, count }) => [id, count]));
}

function assertAllOnce(log, ids) {
  assert.deepEqual(
    ids.filter((id) => !log.has(id)),
    [],
  );
  assert.deepEqual(
    [...log].filter(([, count]) => count !== 1),
    [],
  );
}

test('after_a_stop_under_load_the_log_holds_every_answered_call', async () => {
  await begin();
  await enough();
  await server.end();
  await load.over;
  assertAllOnce(await logged(), [...load.answered.keys()]);
});

test('after_a_kill_under_load_the_log_lacks_at_most_the_last_second', async () => {
  await begin();
  await enough();
  const stalled = stalledMs();
  await sleep(2 * LOST_MS); // so that the last second is not the whole
  const latest = Date.now() - LOST_MS - (stalledMs() - stalled);
  await server.kill();
  await load.over;
  const older = [...load.answered].filter(([, at]) => at < latest);
  assert.ok(older.length >= CALLS_MIN / 2);
  assertAllOnce(
    await logged(),
    older.map(([id]) => id),
  );
});

test('a_batch_whose_commit_lost_its_answer_is_recorded_once', async () => {
  const database = await createDatabase();
  open.push(() => database.drop());
  const proxy = await PostgresProxy.start(database);
  open.push(() => proxy.stop());
  await begin({ database, env: { GUICHET_DATABASE_URL: proxy.url } });
  for (let times = 1; times <= 3; times++) {
    proxy.loseCommitAfter('COPY call ');
    await waitFor('an answer to be lost', async () => proxy.lost === times);
  }
  load.stop();
  await load.over;
  await server.end();
  assertAllOnce(await logged(), [...load.answered.keys()]);
});

/** A stop tries for 5 s to write what waits, and a transaction that gets no answer takes 6 s. */
const STOP_MS = 25_000;

test('a_stop_completes_while_the_database_is_frozen_during_copies', async (t) => {
  const cluster = await newCluster();
  open.push(() => cluster.remove());
  await cluster.start();
  const database = cluster.database;
  const prepared = await startServer({ database, start: false });
  assert.equal((await runProgram(['migrate'], { env: prepared.env })).code, 0);
  await prepared.stop();
  await begin({ database });
  await enough();
  // COPY waits for the table when everything stands still.
  const held = database
    .sql('begin; lock table call in access exclusive mode; select pg_sleep(600)')
    .catch(() => undefined);
  open.push(() => held);
  await waitFor('a COPY that waits', async () => {
    const [{ count }] = await database.rows(
      "select count(*)::int from pg_stat_activity where query like 'COPY call %' and wait_event_type = 'Lock'",
    );
    return count === 1;
  });
  await cluster.freeze();
  const answered = load.answered.size;
  await waitFor('calls that wait', () => load.answered.size > answered + CALLS_MIN);
  const elapsedMs = stopwatch();
  await server.end();
  const stopMs = Math.round(elapsedMs());
  await cluster.thaw();
  t.diagnostic(JSON.stringify({ stopMs }));
  assert.ok(stopMs < STOP_MS, `${stopMs} ms`);
  const waits = server.logs.filter(({ event }) => event === 'call_log_waits');
  assert.equal(waits.length, 1, 'said once');
});

test('hours_that_were_rolled_up_without_a_late_batch_are_rolled_up_again', async () => {
  const database = await createDatabase();
  open.push(() => database.drop());
  const file = new URL('../../sql/queries/usage/call_claim_batch.sql', import.meta.url);
  const statement = await readFile(file, 'utf8');
  const claim = (at) =>
    database.sql(
      statement
        .replaceAll('$1', `'${randomUUID()}'`)
        .replaceAll('$2', '1')
        .replaceAll('$3', String(at)),
    );
  const late = async () =>
    (await database.rows('select hour from call_late_hour order by 1')).map(({ hour }) =>
      Date.parse(hour),
    );
  const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  await database.sql(`update call_rolled set until = to_timestamp(${hour / 1000})`);
  await claim(Date.now());
  assert.deepEqual(await late(), []);
  await claim(hour - HOUR_MS - 1);
  assert.deepEqual(await late(), [hour - 2 * HOUR_MS, hour - HOUR_MS]);
});
