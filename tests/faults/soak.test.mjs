// Everyday traffic with a fifth of nonsense in it, for twenty seconds (half an hour in the long form):
// memory, descriptors and threads stay where they were.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cast, createRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';
import { sendMalformed } from './malformed.mjs';

const FULL = process.env.GUICHET_TEST_FULL === '1';
const SECONDS = FULL ? 1800 : 20;
const CALLERS = 8;
const PAUSE_MS = 20;
const MALFORMED = 0.2;
const TOKENS = 40;
const SAMPLES = 120;
/** What the allocator may keep beyond what it had: a fifth, and never less than 8 MB. */
const growthAllowedKb = (kb) => Math.max(8 * 1024, kb / 5);

const UNIT = `v4/insee/sirene/unites_legales/130025265?${ASKED}`;
let server;
let people;
let stranger;
let tokens;
let draft;

before(async () => {
  server = await startServer();
  people = await cast(server, { siret: SIRETS.RENNES });
  stranger = server.client();
  const issuer = await new Issuer(server).start();
  const scopes = ['unites_legales_etablissements_insee'];
  tokens = await Promise.all(
    Array.from({ length: TOKENS }, () => issuer.issue({ scopes, siret: SIRETS.LYON })),
  );
  draft = (await createRequest(people.applicant.client, { siret: SIRETS.RENNES })).body.id;
});
after(() => server.stop());

async function look() {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  const number = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]);
  return {
    kb: number('VmRSS'),
    threads: number('Threads'),
    descriptors: (await readdir(`/proc/${server.pid}/fd`)).length,
  };
}

async function edit(n) {
  const { client } = people.applicant;
  const path = `/v1/requests/${draft}`;
  const { etag } = (await client.get(path)).expect(200);
  return client.patch(path, { description: `Version ${n}` }, { etag });
}

// What people and programs do all day; `n` makes each a little different.
const EVERYDAY = [
  (n) => tokens[n % TOKENS].get(UNIT),
  (n) => tokens[(n * 7) % TOKENS].get('privileges'),
  () => people.applicant.client.get('/v1/requests'),
  edit,
  () => people.instructor.client.get('/v1/requests?state=submitted'),
  () => stranger.get('/v1/directory/establishments?q=mairie'),
  () => stranger.get('/v1/products'),
  // Once in a while only: a password keeps a core busy for a tenth of a second.
  (n) =>
    n % 20 === 0
      ? stranger.post('/v1/session', { email: 'x@mairie.example', password: '?' })
      : stranger.get('/v1/session'),
  async () => ({ status: (await server.metrics()) ? 200 : 500 }),
];

async function call(counts) {
  counts.total += 1;
  if (Math.random() < MALFORMED) {
    const status = await sendMalformed(server.port);
    counts.malformed += 1;
    assert.ok(status < 500 || status === 501, `${status} to a malformed request`);
    return;
  }
  const { status } = await EVERYDAY[Math.floor(Math.random() * EVERYDAY.length)](counts.total);
  // 412: two callers saved the draft at once; 429: a token's limit.
  assert.ok(status < 500 || status === 503, `${status}`);
  counts[status] = (counts[status] ?? 0) + 1;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

test(`memory_stays_flat_for_${SECONDS}_s_with_malformed_traffic`, async (t) => {
  const { pid } = server;
  const counts = { total: 0, malformed: 0 };
  const end = Date.now() + SECONDS * 1000;
  const callers = Array.from({ length: CALLERS }, async () => {
    while (Date.now() < end) {
      await call(counts);
      await sleep(PAUSE_MS);
    }
  });
  const samples = [];
  const sampler = async () => {
    while (Date.now() < end) {
      await sleep((SECONDS * 1000) / SAMPLES);
      samples.push(await look());
    }
  };
  await Promise.all([...callers, sampler()]);
  // The first third warms heaps, caches and pools up.
  const third = Math.floor(samples.length / 3);
  const [early, late] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  const of = (part, name) => median(part.map((sample) => sample[name]));
  const figures = Object.fromEntries(
    ['kb', 'threads', 'descriptors'].map((name) => [name, [of(early, name), of(late, name)]]),
  );
  t.diagnostic(JSON.stringify({ counts, figures }));
  const [before, now] = figures.kb;
  assert.ok(now - before <= growthAllowedKb(before), `${before} kB became ${now} kB`);
  for (const name of ['threads', 'descriptors']) {
    const [earlier, later] = figures[name];
    assert.ok(later - earlier <= CALLERS * 2, `${name}: ${earlier} became ${later}`);
  }
  for (const client of [people.applicant.client, people.instructor.client, stranger])
    client.close();
  const [first] = samples;
  await waitFor('rest', async () => {
    const { threads, descriptors } = await look();
    return threads <= first.threads && descriptors <= first.descriptors;
  });
  assert.equal(server.pid, pid);
  assert.ok(counts.malformed > counts.total * (MALFORMED - 0.05));
});
