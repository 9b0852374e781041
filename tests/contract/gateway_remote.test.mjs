// Data providers reached over HTTP: what is asked of them, what is passed on, and what a broken one
// does to its callers and to the others.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { DATA, Provider, providersFile } from '../support/provider.mjs';
import { startServer } from '../support/server.mjs';
import { makeCertificate } from '../support/tls.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const SIREN = '130025265';
const UNIT = `v4/insee/sirene/unites_legales/${SIREN}`;
const RGE = 'v3/ademe/etablissements/13002526500013/certification_rge';
const QUALIBAT = 'v4/qualibat/etablissements/13002526500013/certification_batiment';
const FNTP = `v3/fntp/unites_legales/${SIREN}/carte_professionnelle_travaux_publics`;
const OPQIBI = `v3/opqibi/unites_legales/${SIREN}/certification_ingenierie`;
/** As many calls as a provider may have under way, and some more; what the others may be slower by. */
const UNDER_WAY_MAX = 1024;
const BEYOND = 6;
const PER_TOKEN = 206;
const SLOWER_MS = 250;
const SCOPES = [
  'unites_legales_etablissements_insee',
  'certificat_rge_ademe',
  'qualibat',
  'fntp_carte_pro',
  'certificat_opqibi',
];

let provider;
/** Speaks TLS by a certificate that nobody vouches for. */
let stranger;
/** Listens where only we may come. */
let inner;
let certificate;
let providers;
let server;
let issuer;
let token;
/** What reached the provider. */
let asked;
/** What the provider does with the next calls. */
let act;

before(async () => {
  provider = await new Provider((req, res) => act(req, res)).start();
  inner = await new Provider().start();
  certificate = makeCertificate();
  stranger = await new Provider().start({ certificate });
  asked = provider.asked;
  const settings = {
    base_url: `${provider.url}/base/`,
    timeout_ms: 1000,
    credentials: { header: 'X-Api-Key', value: 'provider secret' },
  };
  const allDay = [
    { from: '00:00', to: '12:00' },
    { from: '12:00', to: '00:00' },
  ];
  providers = await providersFile({
    insee: settings,
    ademe: settings,
    qualibat: { ...settings, maintenance_windows: allDay },
    fntp: { base_url: stranger.url },
    opqibi: { base_url: `${provider.url}/base`, timeout_ms: 60_000 },
  });
  server = await startServer({ env: { GUICHET_PROVIDERS_FILE: providers.file } });
  issuer = await new Issuer(server).start();
});
// The calls of one test are not held against the next.
beforeEach(async () => {
  token = await issuer.issue({ scopes: SCOPES });
});
after(async () => {
  await server?.stop();
  await Promise.all([provider, inner, stranger].map((one) => one?.stop()));
  await providers?.remove();
  certificate?.remove();
});

const good = (req, res) =>
  res
    .writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Set-Cookie': 'a=b',
      'Last-Modified': 'Mon, 23 Nov 2026 10:00:00 GMT',
      'X-Inner': 'secret',
    })
    .end(DATA);

/** Good answers until the breaker lets calls through again. */
async function recover(path = UNIT) {
  act = good;
  const probe = await issuer.issue({ scopes: SCOPES });
  await waitFor('the provider to be asked again', async () => {
    const { status } = await probe.get(`${path}?${ASKED}`);
    return status === 200;
  });
}

/** The rows of a call in the log. */
const recorded = (id) =>
  waitFor('the call to be recorded', async () => {
    const found = await server.database.rows(
      `select status, error_code, duration_us, provider_us from call where request_id = '${id}'`,
    );
    return found.length > 0 && found;
  });

/** How the provider is said to be. */
async function shown(id, at = server) {
  const client = at.client();
  const { items } = (await client.get('/v1/products/api-entreprise/providers?limit=100')).expect(
    200,
  ).body;
  client.close();
  return items.find((item) => item.id === id);
}

test('shows_the_state_of_each_provider', async () => {
  const asked_of = await shown('ademe');
  assert.deepEqual([asked_of.sandbox, asked_of.state], [false, 'unknown']);
  assert.equal(asked_of.checked_at, null);
  const built_in = await shown('urssaf');
  assert.deepEqual([built_in.sandbox, built_in.state], [true, 'ok']);
  await recover();
  const good = await shown('insee');
  assert.deepEqual([good.state, good.retry_at], ['ok', null]);
  assert.ok(Date.parse(good.checked_at) <= Date.now());
});

test('does_not_call_the_provider_during_a_maintenance_and_states_its_end', async () => {
  const count = asked.length;
  const now = await shown('qualibat');
  assert.equal(now.state, 'maintenance');
  assert.ok(Date.parse(now.retry_at) > Date.now());
  const answer = (await token.get(`${QUALIBAT}?${ASKED}`)).expect(503);
  const [error] = answer.body.errors;
  assert.equal(error.code, '06020');
  assert.ok(error.meta.retry_in > 0 && error.meta.retry_in <= 86_400);
  assert.equal(answer.headers['retry-after'], String(error.meta.retry_in));
  assert.equal(asked.length, count);
});

test('forwards_the_answer_unchanged', async () => {
  act = good;
  const answer = (await token.get(`${UNIT}?${ASKED}`)).expect(200);
  assert.deepEqual(answer.body, { data: { siren: SIREN }, links: {}, meta: {} });
  assert.equal(answer.headers['last-modified'], 'Mon, 23 Nov 2026 10:00:00 GMT');
  assert.equal(answer.headers['set-cookie'], undefined);
  assert.equal(answer.headers['x-inner'], undefined);
});

test('sends_the_provider_the_parameters_and_nothing_about_the_caller', async () => {
  act = good;
  const query = `context=march%C3%A9s&object=a%26b%3Dc&recipient=21750001600019&limit=5`;
  const answer = (await token.get(`${RGE}?${query}`)).expect(200);
  const { method, url, headers } = asked.at(-1);
  assert.equal(method, 'GET');
  const target = new URL(url, 'http://x');
  assert.equal(target.pathname, `/base/${RGE}`);
  assert.deepEqual(Object.fromEntries(target.searchParams), {
    limit: '5',
    context: 'marchés',
    object: 'a&b=c',
    recipient: '21750001600019',
  });
  assert.equal(headers['x-api-key'], 'provider secret');
  assert.equal(headers['x-request-id'], answer.headers['x-request-id']);
  assert.equal(headers.authorization, undefined);
  assert.equal(headers.cookie, undefined);
  assert.ok(!JSON.stringify(headers).includes(token.string));
});

test('does_not_call_the_provider_when_a_check_fails', async () => {
  const count = asked.length;
  (await token.get(`${UNIT}`)).expect(422);
  (await token.get(`v4/insee/sirene/unites_legales/130025266?${ASKED}`)).expect(422);
  (await token.get(`${UNIT}?${ASKED}`, { string: 'x' })).expect(401);
  assert.equal(asked.length, count);
});

const STATUSES = [
  [404, 404, '01003'],
  [451, 451, '01005'],
  [401, 502, '01006'],
  [403, 502, '01006'],
  [429, 502, '01008'],
  [503, 503, '01020'],
  [400, 502, '01000'],
  [500, 502, '01000'],
  [302, 502, '01000'],
  [204, 502, '01000'],
];
for (const [status, expected, code] of STATUSES) {
  test(`answers_${expected}_where_the_provider_answers_${status}`, async () => {
    await recover();
    act = (req, res) =>
      res.writeHead(Number(status), { 'Retry-After': '7', Location: 'http://127.0.0.1/' }).end();
    const answer = (await token.get(`${UNIT}?${ASKED}`)).expect(Number(expected));
    const [error] = answer.body.errors;
    assert.equal(error.code, code);
    assert.equal(error.meta.provider, 'INSEE');
    if (status === 503 || status === 429) assert.equal(error.meta.retry_in, 7);
    if (status === 503) assert.equal(answer.headers['retry-after'], '7');
  });
}

for (const [status, code] of [
  [404, '01003'],
  [451, '01005'],
]) {
  test(`forwards_the_message_of_the_provider_with_a_${status}`, async () => {
    await recover();
    const words = '{ "errors" : [{"code":"INSEE-7","note":"passed on, unread"}] }';
    act = (req, res) =>
      res.writeHead(Number(status), { 'Content-Type': 'application/vnd.api+json' }).end(words);
    const raw = await fetch(`${server.url}/gateway/api-entreprise/${UNIT}?${ASKED}`, {
      headers: { Authorization: `Bearer ${token.string}` },
    });
    assert.equal(raw.status, status);
    assert.equal(raw.headers.get('content-type'), 'application/vnd.api+json');
    assert.ok(raw.headers.get('ratelimit-limit'));
    assert.equal(await raw.text(), words);
    const [row] = await recorded(raw.headers.get('x-request-id'));
    assert.equal(row.error_code, code);
  });

  test(`answers_${code}_where_a_${status}_is_not_the_providers_json`, async () => {
    await recover();
    act = (req, res) => res.writeHead(Number(status), { 'Content-Type': 'text/html' }).end('<p>');
    const answer = (await token.get(`${UNIT}?${ASKED}`)).expect(Number(status));
    assert.equal(answer.body.errors[0].code, code);
    assert.equal(answer.body.errors[0].meta.provider, 'INSEE');
  });
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
// Made beforehand: on a busy machine that takes longer than the provider has.
const BOMB = gzipSync(Buffer.alloc(50 << 20));
const BROKEN = {
  silent: [() => {}, 504, '01002'],
  reset: [(req) => req.socket.resetAndDestroy(), 502, '01999'],
  cut: [
    (req, res) => res.writeHead(200, { 'Content-Length': '99' }).write('x', () => res.destroy()),
    502,
    '01999',
  ],
  declared_to_be_a_gigabyte: [
    (req, res) =>
      res.writeHead(200, { ...JSON_TYPE, 'Content-Length': String(2 ** 30) }).write('{'),
    502,
    '01999',
  ],
  // A byte now and then for longer than the provider has: the whole answer is bounded, not a pause.
  trickling: [
    (req, res) => {
      res.writeHead(200, JSON_TYPE);
      const drip = setInterval(() => res.write(' '), 50);
      res.on('close', () => clearInterval(drip));
    },
    504,
    '01002',
  ],
  no_gzip_whatever_it_says: [
    (req, res) => res.writeHead(200, { ...JSON_TYPE, 'Content-Encoding': 'gzip' }).end('x'),
    502,
    '01999',
  ],
  a_bomb: [
    (req, res) => res.writeHead(200, { ...JSON_TYPE, 'Content-Encoding': 'gzip' }).end(BOMB),
    502,
    '01999',
  ],
  untyped: [(req, res) => res.writeHead(200).end('x'), 502, '01999'],
};
for (const [name, [behaviour, status, code]] of Object.entries(BROKEN)) {
  test(`answers_${status}_to_a_provider_that_is_${name}`, async () => {
    await recover();
    act = behaviour;
    const answer = (await token.get(`${UNIT}?${ASKED}`)).expect(Number(status));
    assert.equal(answer.body.errors[0].code, code);
  });
}

test('stops_reading_an_oversized_answer_early', async () => {
  await recover(OPQIBI);
  const whole = 1 << 30;
  /** @type {import('node:net').Socket} */
  let socket;
  act = (req, res) => {
    const chunk = Buffer.alloc(1 << 20, ' ');
    res.writeHead(200, JSON_TYPE);
    socket = res.socket;
    const push = () => {
      while (!res.destroyed && socket.bytesWritten < whole && res.write(chunk));
      if (socket.bytesWritten >= whole) res.end();
    };
    res.on('drain', push);
    push();
  };
  const answer = (await token.get(`${OPQIBI}?${ASKED}`)).expect(502);
  assert.equal(answer.body.errors[0].code, '11999');
  await waitFor('the provider to be left', () => socket.destroyed);
  assert.ok(socket.bytesWritten < whole / 8, `${socket.bytesWritten} bytes were sent`);
});

test('follows_no_redirect_to_an_internal_address', async () => {
  await recover();
  for (const status of [301, 302, 303, 307, 308]) {
    act = (req, res) => res.writeHead(status, { Location: `${inner.url}/latest/meta-data` }).end();
    const answer = (await token.get(`${UNIT}?${ASKED}`)).expect(502, 503);
    assert.equal(answer.headers.location, undefined);
    assert.ok(!JSON.stringify(answer.body).includes(inner.url));
  }
  assert.deepEqual(inner.asked, []);
});

test('refuses_a_provider_with_an_untrusted_certificate', async () => {
  const answer = (await token.get(`${FNTP}?${ASKED}`)).expect(502);
  assert.equal(answer.body.errors[0].code, '12999');
  assert.deepEqual(stranger.asked, [], 'nothing of the caller was told');
});

test('opens_the_breaker_of_a_failing_provider_only', async () => {
  await recover();
  act = (req, res) => (req.url.includes('insee') ? res.writeHead(500).end() : good(req, res));
  for (let i = 0; i < 5; i++) (await token.get(`${UNIT}?${ASKED}`)).expect(502);
  const count = asked.length;
  const answer = (await token.get(`${UNIT}?${ASKED}`)).expect(503);
  assert.equal(answer.body.errors[0].code, '01011');
  assert.ok(answer.body.errors[0].meta.retry_in >= 1);
  assert.ok(Number(answer.headers['retry-after']) >= 1);
  const bad = await shown('insee');
  assert.equal(bad.state, 'failing');
  assert.ok(Date.parse(bad.retry_at) >= Date.parse(bad.checked_at));
  assert.equal(asked.length, count);
  (await token.get(`${RGE}?${ASKED}`)).expect(200);
  await recover();
  assert.ok(server.stderr.includes('provider_opened'));
  assert.ok(server.stderr.includes('provider_closed'));
});

/** How long the breaker lets nobody through, and some more. */
const OPEN_MS = 5200;

test('half_open_breaker_lets_exactly_one_call_through', async () => {
  await recover(OPQIBI);
  const held = [];
  const call = () => token.get(`${OPQIBI}?${ASKED}`);
  act = (req, res) => held.push(res);
  const slow = [];
  while (slow.length < 2) {
    slow.push(call());
    await waitFor('a call under way', () => held.length === slow.length);
  }
  act = (req, res) => res.writeHead(500).end();
  for (let i = 0; i < 5; i++) (await call()).expect(502);
  (await call()).expect(503);
  // One that was under way fails before the pause is over: it does not make the pause longer either.
  held.shift().writeHead(500).end();
  (await slow[0]).expect(502);
  await sleep(OPEN_MS);
  const probes = [];
  act = (req, res) => probes.push(res);
  const probe = call();
  await waitFor('the probe', () => probes.length === 1);
  // Another ends well while the probe is under way: nobody else goes through for that.
  good(null, held.shift());
  (await slow[1]).expect(200);
  for (let i = 0; i < 3; i++) (await call()).expect(503);
  assert.equal(probes.length, 1);
  good(null, probes[0]);
  (await probe).expect(200);
  act = good;
  (await call()).expect(200);
});

test('other_providers_stay_fast_while_one_hangs', async () => {
  await recover(RGE);
  const held = [];
  act = (req, res) => (req.url.includes('opqibi') ? held.push(res) : good(req, res));
  const before = await medianMs(RGE);
  const hanging = [];
  for (let left = UNDER_WAY_MAX + BEYOND; left > 0; left -= PER_TOKEN) {
    const caller = await issuer.issue({ scopes: SCOPES });
    for (let i = 0; i < Math.min(left, PER_TOKEN); i++)
      hanging.push(caller.get(`${OPQIBI}?${ASKED}`));
  }
  await waitFor('the provider to hang', () => held.length === UNDER_WAY_MAX);
  const during = await medianMs(RGE);
  assert.equal(held.length, UNDER_WAY_MAX, 'no further call reaches it');
  for (const res of held) good(null, res);
  const answers = await Promise.all(hanging);
  const refused = answers.filter(({ status }) => status !== 200);
  assert.equal(refused.length, BEYOND);
  for (const { body, headers } of refused.map((answer) => answer.expect(503))) {
    assert.equal(body.errors[0].code, '11011');
    assert.ok(headers['retry-after']);
  }
  assert.ok(during < before + SLOWER_MS, `${before} ms before, ${during} ms meanwhile`);
});

/** How long a call takes, in the middle of some. */
async function medianMs(path) {
  const took = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    (await token.get(`${path}?${ASKED}`)).expect(200);
    took.push(performance.now() - start);
  }
  return took.sort((a, b) => a - b)[2];
}

test('records_how_long_the_provider_took', async () => {
  await recover();
  act = (req, res) => setTimeout(() => good(req, res), 50);
  const { headers } = (await token.get(`${UNIT}?${ASKED}`)).expect(200);
  const rows = await recorded(headers['x-request-id']);
  assert.equal(rows[0].status, 200);
  assert.ok(rows[0].provider_us >= 40000 && rows[0].duration_us >= rows[0].provider_us);
});
