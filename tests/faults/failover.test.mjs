// Two instances behind HAProxy, over PgBouncer, over a primary and its synchronous standby under Patroni. The
// primary is killed under load: nothing that was acknowledged is lost, what fails is a 503 that says when
// to come back, and the service is whole again without a restart.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { logInAs } from '../support/accounts.mjs';
import { makeFolder } from '../support/daemon.mjs';
import { Load } from '../support/load.mjs';
import { Patroni, psql } from '../support/patroni.mjs';
import { startPgbouncer } from '../support/pgbouncer.mjs';
import { freePort } from '../support/ports.mjs';
import { behind, startHaproxy } from '../support/proxies.mjs';
import { createRequest } from '../support/requests.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const FULL = process.env.GUICHET_TEST_FULL === '1';
const RATE = FULL ? 100 : 40;
const UNIT = `/gateway/api-entreprise/v4/insee/sirene/unites_legales/130025265?${ASKED}`;
const SCOPES = ['unites_legales_etablissements_insee'];
const NEW = { product: 'api-entreprise', use_case: 'demande-libre', siret: SIRETS.LYON };
const TOKENS = 20;
const LONGEST_MS = 90_000;

const toStop = [];
let patroni;
let site;
let instances;
let issuer;
let tokens;
let person;

before(async () => {
  const folder = await makeFolder();
  toStop.push(folder.remove);
  patroni = new Patroni(folder.path);
  toStop.push(() => patroni.stop());
  await patroni.start();
  const ports = [await freePort(), await freePort()];
  const port = await freePort();
  const haproxy = await startHaproxy(folder.path, ports, { port, nodes: patroni.nodes });
  toStop.push(() => haproxy.stop());
  const database = await patroni.createDatabase();
  const pgbouncer = await startPgbouncer(
    folder.path,
    `guichet = host=127.0.0.1 port=${haproxy.databasePort} dbname=guichet`,
  );
  toStop.push(() => pgbouncer.stop());
  const url = `http://127.0.0.1:${port}`;
  const env = {
    GUICHET_PUBLIC_URL: url,
    GUICHET_TRUSTED_PROXIES: '127.0.0.1',
    GUICHET_DRAFTS_PER_ACCOUNT: '10000',
    ...database.pooledSettings(pgbouncer.port),
  };
  const make = (place, readUrl, dataDir) =>
    startServer({
      database,
      dataDir,
      env: { ...env, GUICHET_PORT: String(place), GUICHET_DATABASE_READ_URL: readUrl },
      start: false,
    });
  // Statistics from a standby alone, and from a standby where there is one.
  const standby = `postgresql://guichet_app@127.0.0.1:${haproxy.readPort}/guichet`;
  const one = await make(ports[0], standby);
  const either = database.url.replace('read-write', 'prefer-standby');
  const two = await make(ports[1], either, one.dataDir);
  instances = [one, two];
  const { code, stderr } = await runProgram(['migrate'], { env: one.env });
  assert.equal(code, 0, stderr);
  for (const instance of instances) {
    toStop.push(() => instance.stop());
    await instance.start();
  }
  site = behind(one, url);
  issuer = await new Issuer(site).start();
  tokens = [];
  for (let i = 0; i < TOKENS; i++) tokens.push(await issuer.issue({ scopes: SCOPES }));
  person = await logInAs(site, { siret: SIRETS.LYON });
  for (const token of tokens) await knownToAll(token);
});
after(async () => {
  person?.client.close();
  for (const stop of toStop.reverse()) await stop();
});

const knownToAll = (token) =>
  waitFor('the token', async () => {
    for (const server of instances) {
      if (
        (await token.get(UNIT.slice('/gateway/api-entreprise/'.length), { server })).status !== 200
      )
        return false;
    }
    return true;
  });

/** Gateway calls and new requests at a steady rate; what was acknowledged is kept. */
function startLoad() {
  const programs = site.client();
  const kept = { requests: [], calls: [] };
  let turn = 0;
  const call = async () => {
    const token = tokens[turn++ % TOKENS];
    const answer = await programs.get(UNIT, { bearer: token.string });
    if (answer.status === 200) kept.calls.push(answer.headers['x-request-id']);
    return answer;
  };
  const write = async () => {
    const answer = await person.client.post('/v1/requests', NEW);
    if (answer.status === 201) kept.requests.push(answer.body.id);
    return answer;
  };
  const load = new Load(RATE, [
    { name: 'gateway', share: 6, good: 200, run: call },
    { name: 'read', share: 2, good: 200, run: () => person.client.get('/v1/session') },
    { name: 'write', share: 2, good: 201, run: write },
  ]).start();
  return { load, kept, close: () => programs.close() };
}

/** One draft saved again and again: the last title that was acknowledged. */
async function saveUntil(client, isOver) {
  const { body, etag } = await createRequest(client, NEW);
  const saved = { id: body.id, number: 0, sent: 0, etag };
  while (!isOver()) {
    saved.sent++;
    const title = `Titre ${saved.sent}`;
    const answer = await client.patch(`/v1/requests/${body.id}`, { title }, { etag: saved.etag });
    if (answer.status === 200) Object.assign(saved, { number: saved.sent, etag: answer.etag });
    else if (answer.status === 412) saved.etag = (await client.get(`/v1/requests/${body.id}`)).etag;
    else await sleep(100);
  }
  return saved;
}

const quote = (list) => list.map((id) => `'${id}'`).join(',');
const count = async (what) => {
  const [{ n }] = await site.database.rows(`select count(*)::int as n from ${what}`);
  return n;
};

/** The calls that are not in the record, with what the instances said meanwhile. */
async function describeLost(calls) {
  const kept = new Set(
    (
      await site.database.rows(
        `select request_id as id from call where request_id in (${quote(calls)})`,
      )
    ).map(({ id }) => id),
  );
  const lost = calls.filter((id) => !kept.has(id));
  const said = instances.map(({ logs }) =>
    logs.filter(({ level }) => level !== 'info').map((line) => JSON.stringify(line)),
  );
  return [`${lost.length} lost: ${lost.slice(0, 20)}`, ...said.flat().slice(-60)].join('\n');
}

async function checkKept({ requests, calls }, saved) {
  const there = await count(`request where id in (${quote(requests)})`);
  assert.equal(there, requests.length, 'an acknowledged request is lost');
  const { body } = (await person.client.get(`/v1/requests/${saved.id}`)).expect(200);
  assert.ok(Number(body.title.split(' ')[1]) >= saved.number, `${body.title}, ${saved.number}`);
  const recorded = `call where request_id in (${quote(calls)})`;
  const allThere = async () => (await count(recorded)) >= calls.length;
  await waitFor('every call in the record', allThere).catch(async (error) => {
    throw new Error(await describeLost(calls), { cause: error });
  });
  assert.equal(await count(recorded), calls.length, 'a call is recorded twice');
}

/** Breaks what `strike` breaks under load, and waits until all is as before. */
async function survive(t, strike) {
  const pids = instances.map(({ pid }) => pid);
  const former = await patroni.primary();
  const standby = await patroni.synchronous();
  const { load, kept, close } = startLoad();
  let over = false;
  const saving = saveUntil(person.client, () => over);
  await waitFor('good answers', () => kept.requests.length > 10);
  const struckAt = Date.now();
  await strike(former, standby);
  assert.equal(await patroni.primary(former), standby);
  const leads = Date.now() - struckAt;
  const written = kept.requests.length;
  await waitFor('writes', () => kept.requests.length > written, { timeoutMs: LONGEST_MS });
  const back = Date.now() - struckAt;
  const ready = async ({ url }) => (await fetch(`${url}/health/ready`)).status === 200;
  for (const instance of instances) await waitFor('readiness', () => ready(instance));
  const healthy = kept.requests.length;
  await waitFor('good answers again', () => kept.requests.length > healthy + 10);
  over = true;
  const saved = await saving;
  await load.stop();
  close();
  const refused = load.odd.filter(({ status }) => status === 503);
  t.diagnostic(
    `new primary after ${leads} ms, writes after ${back} ms; ${load.sent} calls, ` +
      `${JSON.stringify(load.statuses)}, slowest refusal ${Math.max(0, ...refused.map(({ ms }) => ms))} ms; ` +
      `${kept.requests.length} new requests and ${saved.number} saves acknowledged, none lost`,
  );
  assert.equal(refused.length, load.odd.length, load.describe());
  assert.ok(refused.every(({ answer }) => Number(answer.headers['retry-after']) > 0));
  assert.deepEqual(
    refused.filter(({ name }) => name === 'gateway'),
    [],
  );
  await checkKept(kept, saved);
  assert.deepEqual(
    instances.map(({ pid }) => pid),
    pids,
  );
  return former;
}

async function statistics({ url }) {
  const answer = await fetch(`${url}/v1/statistics`);
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

test('reads_statistics_from_a_lagging_standby', async () => {
  await waitFor('the standby', async () => {
    const answers = await Promise.all(instances.map(statistics));
    return answers.every(({ status }) => status === 200);
  });
  const { port } = await patroni.synchronous();
  // The process that replays, stopped: Patroni would soon go on after pg_wal_replay_pause().
  const [replaying] = await psql(
    `postgresql://guichet_owner@127.0.0.1:${port}/guichet`,
    `select pid from pg_stat_activity where backend_type = 'startup'`,
  );
  // A 503 says that nobody answers just now; what is compared is what an answer says.
  const organisations = (server) =>
    waitFor('statistics', async () => {
      const { status, body } = await statistics(server);
      return status === 200 && body;
    }).then((body) => body.organisations);
  process.kill(Number(replaying), 'SIGSTOP');
  let before;
  try {
    before = await organisations(instances[0]);
    await issuer.issue({ siret: SIRETS.DINUM });
    for (const server of instances) assert.equal(await organisations(server), before, server.url);
  } finally {
    process.kill(Number(replaying), 'SIGCONT');
  }
  for (const server of instances) {
    const caughtUp = async () => (await organisations(server)) === before + 1;
    await waitFor('the standby to catch up', caughtUp);
  }
});

test('only_statistics_fail_while_the_standby_is_down', async () => {
  const [strict, lenient] = instances;
  const standby = await patroni.synchronous();
  await patroni.kill(standby, { machine: true });
  const refused = await waitFor('the refusal', async () => {
    const answer = await statistics(strict);
    return answer.status !== 200 && answer;
  });
  assert.equal(refused.status, 503);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  for (const server of instances) {
    assert.equal((await fetch(`${server.url}/health/ready`)).status, 200);
  }
  (await person.client.get('/v1/session')).expect(200);
  const write = async () => (await person.client.post('/v1/requests', NEW)).status === 201;
  await waitFor('a COMMIT that waits for no standby', write);
  const answers = async (server) => (await statistics(server)).status === 200;
  await waitFor('statistics of the primary', () => answers(lenient));
  assert.equal((await statistics(strict)).status, 503);
  await patroni.startNode(standby);
  await waitFor('statistics of the standby', () => answers(strict));
  await patroni.synchronous();
});

test('loses_nothing_acknowledged_when_the_primary_is_killed_under_load', async (t) => {
  const former = await survive(t, (primary) => patroni.kill(primary));
  assert.equal(await patroni.synchronous(), former, 'the killed one follows');
  await site.command(['verify-audit']);
});

test('is_notified_of_a_revocation_by_the_new_primary', async () => {
  const token = await issuer.issue({ scopes: SCOPES });
  await knownToAll(token);
  await token.change({ revoked_at: 'now()' });
  for (const server of instances) {
    await waitFor('the revocation', async () => {
      const path = UNIT.slice('/gateway/api-entreprise/'.length);
      return (await token.get(path, { server })).status === 401;
    });
  }
});

if (FULL) {
  test('survives_the_loss_of_the_primary_host', async (t) => {
    const former = await survive(t, (primary) => patroni.kill(primary, { machine: true }));
    // Another machine takes its place.
    await rm(former.dataDir, { recursive: true });
    await patroni.startNode(former);
    assert.equal(await patroni.synchronous(), former);
  });

  test('loses_nothing_in_a_switchover', async (t) => {
    await survive(t, (primary, standby) => patroni.switchOver(primary, standby));
  });

  test('loses_nothing_in_ten_kills', async (t) => {
    for (let i = 0; i < 10; i++) await survive(t, (primary) => patroni.kill(primary));
    await site.command(['verify-audit']);
  });
}
