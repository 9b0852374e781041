// The gateway beside its peers, in one run: every row of the table in README.md that is about calls.
// `node tests/bench/gateway.mjs [--seconds 5] [--rounds 3] [--calls 10000000]`, on the release build.
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { logInAs } from '../support/accounts.mjs';
import { freePort } from '../support/ports.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import {
  answers,
  fill,
  fillLog,
  here,
  makeProducts,
  makeTokens,
  measure as measureFor,
  PATH,
  residentMegabytes,
  SCOPES,
  start,
  startProvider,
  stopAll,
  writeScript,
} from './measure.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    calls: { type: 'string', default: '1000000' },
  },
});
const SLOW = `/gateway/api-entreprise/v3/ademe/etablissements/13002526500013/certification_rge?${ASKED}`;
const measure = (url, more = {}) => measureFor(url, { seconds: options.seconds, ...more });

/** The best round of each, taken in turns so that what disturbs one disturbs the other. */
async function compare(ours, theirs) {
  const best = [ours, theirs].map(() => ({ rate: 0, us: Infinity }));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [i, side] of [ours, theirs].entries()) {
      const { rate, us } = await side();
      best[i] = { rate: Math.max(best[i].rate, rate), us: Math.min(best[i].us, us) };
    }
  }
  return best;
}

const rows = [];
function report(work, goal, measured, met) {
  rows.push([work, goal, measured, met ? 'yes' : 'no']);
  console.log(`${met ? 'met   ' : 'missed'} ${work}: ${measured} (goal ${goal})`);
}
// By processor time for a call: unlike the rate, other work on the machine hardly changes it.
function ratio(work, goal, [ours, theirs]) {
  const found = theirs.us / ours.us;
  const rates = `${Math.round(ours.rate)}/s beside ${Math.round(theirs.rate)}/s`;
  const times = `${ours.us.toFixed(0)} µs beside ${theirs.us.toFixed(0)} µs a call`;
  report(work, `≥ ${goal}×`, `${found.toFixed(2)}× (${times}; ${rates})`, found >= goal);
}

function rs256(folder) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const data = `${part({ alg: 'RS256' })}.${part({ jti: 'bench', exp: 4_000_000_000, scopes: SCOPES })}`;
  const token = `${data}.${sign('sha256', Buffer.from(data), privateKey).toString('base64url')}`;
  return {
    token,
    file: join(folder, 'rsa.pem'),
    pem: publicKey.export({ type: 'spki', format: 'pem' }),
  };
}

/** A program reads one row with its access token, beside Fastify + pg with a cached one. */
async function benchRow(server, owner, token, keyFile) {
  const body = { name: 'bench', scopes: ['tokens:read'], siret: SIRETS.CLAMART };
  const created = (await owner.client.post('/v1/clients', body)).expect(201).body;
  const pair = `${created.client.id}:${created.client_secret}`;
  const granted = await fetch(`${server.url}/v1/oauth/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: access } = await granted.json();
  const port = await freePort();
  const arguments_ = [String(port), server.database.ownerUrl, keyFile];
  const fastify = start(process.execPath, [here('peers/row.mjs'), ...arguments_]);
  const path = `/v1/tokens/${token.id}`;
  const peer = `http://127.0.0.1:${port}${path}`;
  await answers(peer, { authorization: `Bearer ${token.string}` });
  await answers(`${server.url}${path}`, { authorization: `Bearer ${access}` });
  const ours = () => measure(`${server.url}${path}`, { pid: server.pid, token: access });
  const theirs = () => measure(peer, { pid: fastify.pid, token: token.string });
  ratio(
    'row + token check, against Fastify + pg + @fastify/jwt, cached',
    2.5,
    await compare(ours, theirs),
  );
}

async function benchSlow(server, token, slow) {
  const clients = 400;
  const seconds = Math.max(5, Number(options.seconds));
  const load = measure(`${server.url}${SLOW}`, { token: token.string, clients, seconds });
  const other = measure(`${server.url}/health/live`, { clients: 1, seconds: seconds - 1 });
  const ideal = clients / (slow / 1000);
  const [{ rate }, { p50Ms: p50 }] = await Promise.all([load, other]);
  report(
    'provider at 200 ms, 400 clients',
    '≥ 0.9 of the ideal rate',
    (rate / ideal).toFixed(2),
    rate / ideal >= 0.9,
  );
  report('other routes meanwhile, p50', '< 1 ms', `${p50.toFixed(2)} ms`, p50 < 1);
}

async function benchMemory(server, issuer) {
  const script = await writeScript(server.dataDir, await makeTokens(issuer, 1, 1000));
  await measure(server.url, { script });
  const megabytes = await residentMegabytes(server.pid);
  report(
    'resident memory under load, 1,000 tokens',
    '≤ 40 MB',
    `${megabytes.toFixed(1)} MB`,
    megabytes <= 40,
  );
}

async function benchDashboard(server, owner, token) {
  const { database } = server;
  const total = Number(options.calls);
  await fillLog(database, token.id, 0, total);
  const from = new Date(Date.now() - 29 * 86_400_000).toISOString();
  const url = () => `/v1/tokens/${token.id}/usage?from=${from}&to=${new Date().toISOString()}`;
  const times = [];
  for (let i = 0; i < 30; i++) {
    const started = performance.now();
    (await owner.client.get(url())).expect(200);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  report(
    `dashboard of one token over 29 days out of ${total} calls`,
    '< 20 ms',
    `${times[15].toFixed(1)} ms`,
    times[15] < 20,
  );
}

const folder = await mkdtemp('/tmp/guichet-bench-');
let server;
try {
  const ports = { upstream: await freePort(), slow: await freePort(), nginx: await freePort() };
  ports.haproxy = await freePort();
  ports.fastify = await freePort();
  const nginx = await startProvider(folder, ports.upstream, ports.nginx);
  start(process.execPath, [here('slow_provider.mjs'), String(ports.slow), '200']);

  const rsa = rs256(folder);
  await writeFile(rsa.file, rsa.pem);
  const proxy = { PORT: ports.haproxy, UPSTREAM: ports.upstream, KEY_FILE: rsa.file };
  const haproxy = start('haproxy', [
    '-f',
    await fill(here('peers/haproxy.cfg'), join(folder, 'haproxy.cfg'), proxy),
  ]);

  const env = await makeProducts(folder, ports.upstream, ports.slow);
  server = await startServer({ env: { ...env, GUICHET_LOG_LEVEL: 'warning' } });
  const issuer = await new Issuer(server).start();
  const owner = await logInAs(server, { siret: SIRETS.CLAMART });
  const [{ id }] = await server.database.rows(
    `select id from account where email = '${owner.email}'`,
  );
  const token = await issuer.issue({ scopes: SCOPES, siret: SIRETS.CLAMART, applicantId: id });
  await writeFile(join(folder, 'es256.pem'), issuer.publicPem);
  const fastify = start(process.execPath, [
    here('peers/gateway.mjs'),
    String(ports.fastify),
    `http://127.0.0.1:${ports.upstream}`,
    join(folder, 'es256.pem'),
  ]);
  await answers(`http://127.0.0.1:${ports.fastify}${PATH}`, {
    authorization: `Bearer ${token.string}`,
  });
  await answers(`http://127.0.0.1:${ports.haproxy}${PATH}`, {
    authorization: `Bearer ${rsa.token}`,
  });
  (await token.get(PATH.split('/').slice(3).join('/'))).expect(200);

  const port = (name) => `http://127.0.0.1:${ports[name]}`;
  const { pid } = server;
  const ours = () => measure(`${server.url}${PATH}`, { pid, token: token.string });
  for (const [work, goal, peer, url, string] of [
    ['HAProxy with jwt_verify (RS256)', 1, haproxy, port('haproxy') + PATH, rsa.token],
    ['Fastify + undici, cached', 2.5, fastify, port('fastify') + PATH, token.string],
  ]) {
    const theirs = () => measure(url, { pid: peer.pid, token: string });
    ratio(`gateway with log, against ${work}`, goal, await compare(ours, theirs));
  }
  const hello = () => measure(`${server.url}/health/live`, { pid });
  const smallest = () => measure(`${port('nginx')}/hello`, { pid: nginx.pid });
  ratio('hello, against nginx return', 0.6, await compare(hello, smallest));
  await benchRow(server, owner, token, join(folder, 'es256.pem'));
  await benchSlow(server, token, 200);
  await benchMemory(server, issuer);
  const quiet = await issuer.issue({ siret: SIRETS.CLAMART, applicantId: id });
  await benchDashboard(server, owner, quiet);
} finally {
  stopAll();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
}
console.log(`\n| work | goal | measured | met |\n|---|---|---|---|`);
for (const row of rows) console.log(`| ${row.join(' | ')} |`);
