// Rate limits per token and group, bad tokens per address, the record of the calls.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { stopwatch } from '../support/stopwatch.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const SIREN = '130025265';
const UNIT = `v4/insee/sirene/unites_legales/${SIREN}`;
/* Its limit is small: counted call by call. */
const EXACT = `v3/inpi/rne/unites_legales/${SIREN}/beneficiaires_effectifs`;
const SCOPES = ['unites_legales_etablissements_insee', 'beneficiaires_effectifs_inpi'];

let server;
let issuer;

before(async () => {
  server = await startServer({ env: { GUICHET_RATE_LIMITS: 'on' } });
  issuer = await new Issuer(server).start();
});
after(() => server?.stop());

const remaining = (answer) => Number(answer.headers['ratelimit-remaining']);
const codes = (answer) => answer.body.errors.map(({ code }) => code);

async function callUntilRefused(token, path, most) {
  const answers = [];
  while (answers.length < most && answers.at(-1)?.status !== 429)
    answers.push(await token.get(path));
  return answers;
}

for (const [name, path] of [
  ['counts_a_small_limit_call_by_call', EXACT],
  ['counts_a_large_limit_exactly_on_one_instance', UNIT],
]) {
  test(name, async () => {
    const token = await issuer.issue({ scopes: SCOPES });
    const answers = await callUntilRefused(token, `${path}?${ASKED}`, 400);
    const limit = Number(answers[0].headers['ratelimit-limit']);
    assert.equal(answers.length, limit + 1);
    assert.deepEqual(answers.map(remaining), [
      ...Array.from({ length: limit }, (_, i) => limit - 1 - i),
      0,
    ]);
    const refused = answers.at(-1);
    assert.deepEqual(codes(refused), ['00429']);
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    assert.ok(Number(refused.headers['retry-after']) <= 60);
    const resets = new Set(answers.map(({ headers }) => headers['ratelimit-reset']));
    assert.equal(resets.size, 1);
  });
}

test('counts_each_group_and_each_token_separately', async () => {
  const [one, two] = [
    await issuer.issue({ scopes: SCOPES }),
    await issuer.issue({ scopes: SCOPES }),
  ];
  const first = await one.get(`${UNIT}?${ASKED}`);
  const other = await one.get(`v4/insee/sirene/etablissements/${SIRETS.DINUM}?${ASKED}`);
  assert.equal(remaining(other), remaining(first) - 1, 'the same group');
  assert.equal(remaining(await one.get('privileges')), 99);
  assert.equal(remaining(await two.get(`${UNIT}?${ASKED}`)), remaining(first));
});

test('counts_refused_parameters_too', async () => {
  const token = await issuer.issue({ scopes: SCOPES });
  const first = await token.get(UNIT);
  assert.equal(remaining(await token.get(UNIT)), remaining(first) - 1);
});

test('records_every_call_of_a_known_token_within_two_seconds', async () => {
  const token = await issuer.issue({ scopes: SCOPES });
  const good = await token.get(`${UNIT}?context=a%09%5Cb&object=o&recipient=${SIRETS.PARIS}`);
  assert.equal(good.status, 422);
  const sent = [good, await token.get(`${UNIT}?${ASKED}`), await token.get('nulle/part')];
  const elapsedMs = stopwatch();
  const rows = await waitFor('the record', async () => {
    const found = await server.database.rows(
      `select * from call where token_id = '${token.id}' order by at, id`,
    );
    return found.length === sent.length && found;
  });
  assert.ok(elapsedMs() < 2000);
  assert.deepEqual(
    rows.map(({ request_id, status, error_code, endpoint, params, context }) => [
      request_id,
      status,
      error_code,
      endpoint,
      params && JSON.parse(params),
      context,
    ]),
    [
      [
        sent[0].headers['x-request-id'],
        422,
        '00205',
        `/${UNIT.replace(SIREN, '{siren}')}`,
        { siren: SIREN },
        'a\t\\b',
      ],
      [
        sent[1].headers['x-request-id'],
        200,
        null,
        `/${UNIT.replace(SIREN, '{siren}')}`,
        { siren: SIREN },
        'tests',
      ],
      [sent[2].headers['x-request-id'], 404, '00404', null, null, null],
    ],
  );
  assert.equal(rows[1].address, '127.0.0.1');
  assert.ok(rows[1].duration_us > 0);
});

test('records_when_a_token_was_last_called', async () => {
  const token = await issuer.issue({ scopes: SCOPES });
  await token.get(`${UNIT}?${ASKED}`);
  await waitFor('the mark', async () => {
    const [{ last_called_at: at }] = await server.database.rows(
      `select last_called_at from token where id = '${token.id}'`,
    );
    return at !== null;
  });
});

test('blocks_an_address_that_keeps_sending_bad_tokens', async () => {
  const own = await startServer({ env: { GUICHET_RATE_LIMITS: 'on' } });
  try {
    const mine = await new Issuer(own).start();
    const token = await mine.issue({ scopes: SCOPES });
    const string = token.stringOf({ iss: 'https://ailleurs.example' });
    for (let bad = mine.refusedProbes; bad < 60; bad++) {
      assert.deepEqual(codes((await token.get('privileges', { string })).expect(401)), ['00101']);
    }
    const blocked = (await token.get('privileges')).expect(429);
    assert.deepEqual(codes(blocked), ['00429']);
    assert.ok(Number(blocked.headers['retry-after']) <= 60);
  } finally {
    await own.stop();
  }
});

test('writes_every_answered_call_before_it_ends', async () => {
  const own = await startServer();
  try {
    const token = await (await new Issuer(own).start()).issue({ scopes: SCOPES });
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => token.get(`${UNIT}?${ASKED}`)),
    );
    await own.end();
    const [{ count }] = await own.database.rows(
      `select count(*)::int from call where token_id = '${token.id}'`,
    );
    assert.equal(count, answers.length);
  } finally {
    await own.stop();
  }
});
