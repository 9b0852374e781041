// Two instances behind a proxy, restarted one after the other under calls of the gateway, reading and writing
// mixed (300 a second in the long form): nobody notices.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { makeFolder } from '../support/daemon.mjs';
import { Load } from '../support/load.mjs';
import { freePort } from '../support/ports.mjs';
import { behind, startHaproxy, startNginx } from '../support/proxies.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const FULL = process.env.GUICHET_TEST_FULL === '1';
const RATE = FULL ? 300 : 100;
const ROUNDS = FULL ? 10 : 1;
const UNIT = `/gateway/api-entreprise/v4/insee/sirene/unites_legales/130025265?${ASKED}`;
/* 250 calls a minute each, of which an instance that ends takes some along: no more than some seven
 * restarts a minute, and far more tokens than the calls alone would need. */
const TOKENS = FULL ? 150 : 60;
const CALM_S = FULL ? 6 : 2;
const NEW = { product: 'api-entreprise', use_case: 'demande-libre', siret: SIRETS.LYON };

async function startTwo(t, port) {
  const env = {
    GUICHET_PUBLIC_URL: `http://127.0.0.1:${port}`,
    GUICHET_TRUSTED_PROXIES: '127.0.0.1',
    GUICHET_DRAFTS_PER_ACCOUNT: '10000',
    GUICHET_DRAIN: '2',
    GUICHET_DATABASE_CONNECTIONS: '8',
  };
  const one = await startServer({ env });
  t.after(() => one.stop());
  const two = await startServer({ env, database: one.database, dataDir: one.dataDir });
  t.after(() => two.stop());
  return [one, two];
}

async function kindsOf(site) {
  const issuer = await new Issuer(site).start();
  const scopes = ['unites_legales_etablissements_insee'];
  const tokens = [];
  for (let i = 0; i < TOKENS; i++) tokens.push((await issuer.issue({ scopes })).string);
  const programs = site.client();
  const { client } = await logInAs(site, { siret: SIRETS.LYON });
  let turn = 0;
  const call = () => programs.get(UNIT, { bearer: tokens[turn++ % TOKENS] });
  await waitFor('the tokens', async () => (await call()).status === 200);
  return {
    kinds: [
      { name: 'gateway', share: 7, good: 200, run: call },
      { name: 'read', share: 2, good: 200, run: () => client.get('/v1/session') },
      { name: 'write', share: 1, good: 201, run: () => client.post('/v1/requests', NEW) },
    ],
    close: () => [client, programs].forEach((each) => each.close()),
  };
}

/** The figures are told to who asks an instance itself, not to the world. */
async function checkFiguresStayInside(url) {
  const answer = await fetch(`${url}/metrics`);
  assert.equal(answer.status, 404);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal((await answer.json()).status, 404);
}

/** Two instances behind a proxy, and calls at a steady rate. */
async function startAll(t, startProxy) {
  const port = await freePort();
  const instances = await startTwo(t, port);
  const folder = await makeFolder();
  t.after(folder.remove);
  const ports = instances.map((instance) => instance.port);
  const proxy = await startProxy(folder.path, ports, { port });
  t.after(() => proxy.stop());
  const url = `http://127.0.0.1:${port}`;
  const { kinds, close } = await kindsOf(behind(instances[0], url));
  t.after(close);
  await checkFiguresStayInside(url);
  return { instances, load: new Load(RATE, kinds).start() };
}

// Until the proxy has found an instance again, were it to go by calls alone.
function serveOn(load) {
  const { sent } = load;
  return waitFor('calls with both', () => load.sent > sent + RATE * CALM_S);
}

async function stopLoad(t, load) {
  const rate = await load.stop();
  t.diagnostic(`${load.sent} calls, ${rate.toFixed(0)}/s, ${JSON.stringify(load.statuses)}`);
}

for (const [name, startProxy] of [
  ['haproxy', startHaproxy],
  ['nginx', startNginx],
]) {
  test(`loses_no_call_while_both_instances_restart_behind_${name}`, async (t) => {
    const { instances, load } = await startAll(t, startProxy);
    for (let round = 0; round < ROUNDS; round++) {
      for (const instance of instances) {
        await instance.end();
        await instance.start();
        await serveOn(load);
      }
    }
    await stopLoad(t, load);
    assert.equal(load.odd.length, 0, load.describe());
  });
}

if (FULL) {
  test('loses_no_read_when_instances_are_killed_behind_haproxy', async (t) => {
    const { instances, load } = await startAll(t, startHaproxy);
    for (let round = 0; round < ROUNDS; round++) {
      for (const instance of instances) {
        await serveOn(load);
        await instance.kill();
        await instance.start();
      }
    }
    await serveOn(load);
    await stopLoad(t, load);
    const lost = load.odd.filter(({ name }) => name !== 'write');
    assert.equal(lost.length, 0, load.describe());
  });
}
