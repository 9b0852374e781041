// Two instances over one database: what one does, the other knows; and what they do without it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { stopwatch } from '../support/stopwatch.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const UNIT = `v4/insee/sirene/unites_legales/130025265?${ASKED}`;
/* Limits that are counted call by call: the largest of them, and smaller ones. */
const EXACT = {
  50: `v3/fntp/unites_legales/130025265/carte_professionnelle_travaux_publics?${ASKED}`,
  15: `v3/inpi/rne/unites_legales/130025265/beneficiaires_effectifs?${ASKED}`,
};
const SCOPES = [
  'unites_legales_etablissements_insee',
  'beneficiaires_effectifs_inpi',
  'fntp_carte_pro',
];
const CALLERS = 8;
const REVOCATION_MS = 5000;

let one;
let two;
let deaf;
let issuer;

before(async () => {
  one = await startServer();
  const shared = { database: one.database, dataDir: one.dataDir };
  const env = { GUICHET_PUBLIC_URL: one.url, GUICHET_WORKER: 'off' };
  two = await startServer({ ...shared, env });
  // Its notifications go nowhere: only the poll is left.
  const nowhere = 'postgresql:///nowhere?host=/nonexistent';
  deaf = await startServer({ ...shared, env: { ...env, GUICHET_DATABASE_LISTEN_URL: nowhere } });
  issuer = await new Issuer(one).start();
  const probe = await issuer.issue({ scopes: SCOPES });
  for (const server of [two, deaf]) {
    await waitFor(
      'the key of the tests',
      async () => (await probe.get('privileges', { server })).status === 200,
    );
  }
});
after(async () => {
  await deaf?.stop();
  await two?.stop();
  await one?.stop();
});

for (const [name, instance] of [
  ['a_revocation_reaches_the_other_instance', () => two],
  ['a_revocation_reaches_an_instance_that_hears_no_notification', () => deaf],
]) {
  test(name, async () => {
    const server = instance();
    const token = await issuer.issue({ scopes: SCOPES });
    (await token.get(UNIT, { server })).expect(200);
    await token.change({ revoked_at: 'now()' });
    const elapsedMs = stopwatch();
    const answer = await waitFor('the revocation', async () => {
      const now = await token.get(UNIT, { server });
      return now.status !== 200 && now;
    });
    assert.ok(elapsedMs() <= REVOCATION_MS);
    assert.equal(answer.expect(401).body.errors[0].code, '00105');
  });
}

test('a_rotated_string_works_at_once_without_notifications', async () => {
  const token = await issuer.issue({ scopes: SCOPES });
  (await token.get(UNIT, { server: deaf })).expect(200);
  await token.change({
    issued_at: 'issued_at + 1',
    previous_issued_at: 'issued_at',
    previous_until: "now() + interval '1 day'",
  });
  const string = token.stringOf({ iat: token.issuedAt + 1 });
  (await token.get(UNIT, { server: deaf, string })).expect(200);
  (await token.get(UNIT, { server: deaf })).expect(200);
});

test('a_leaked_key_is_refused_by_every_instance_within_5_s_without_notification', async () => {
  const leaked = await new Issuer(one).start();
  const token = await leaked.issue({ scopes: SCOPES });
  await waitFor('the key', async () => (await token.get(UNIT, { server: deaf })).status === 200);
  await one.database.sql(`update signing_key set state = 'retired' where kid = '${leaked.kid}'`);
  const elapsedMs = stopwatch();
  for (const server of [one, two, deaf]) {
    const answer = await waitFor('the refusal', async () => {
      const now = await token.get(UNIT, { server });
      return now.status !== 200 && now;
    });
    assert.equal(answer.expect(401).body.errors[0].code, '00101');
  }
  assert.ok(elapsedMs() <= REVOCATION_MS);
});

/** Other tokens call both instances until `stop` is aborted. */
async function loadBoth(stop) {
  const token = await issuer.issue({ scopes: SCOPES });
  const callers = [one, two, one, two].map(async (server) => {
    while (!stop.aborted) await token.get(UNIT, { server });
  });
  return Promise.all(callers);
}

for (const [limit, path] of Object.entries(EXACT)) {
  test(`instances_under_load_share_a_limit_of_${limit}_exactly`, async () => {
    const token = await issuer.issue({ scopes: SCOPES });
    const most = Number(limit);
    const stop = new AbortController();
    const load = loadBoth(stop.signal);
    let left = most * 3;
    const answers = [];
    const callers = Array.from({ length: CALLERS }, async (_, i) => {
      while (left-- > 0) answers.push(await token.get(path, { server: i % 2 ? one : two }));
    });
    await Promise.all(callers).finally(() => stop.abort());
    await load;
    const passed = answers.filter(({ status }) => status === 200);
    assert.equal(answers.length, most * 3);
    assert.equal(passed.length, most);
    // Each place was given once, whichever instance gave it.
    const places = passed.map(({ headers }) => Number(headers['ratelimit-remaining']));
    assert.deepEqual(
      places.sort((a, b) => a - b),
      Array.from({ length: most }, (_, i) => i),
    );
    for (const answer of answers.filter((answer) => !passed.includes(answer))) answer.expect(429);
    assert.equal(new Set(answers.map(({ headers }) => headers['ratelimit-reset'])).size, 1);
  });
}

test('instances_never_exceed_a_large_limit_and_use_nearly_all_of_it', async () => {
  const token = await issuer.issue({ scopes: SCOPES });
  let allowed = 0;
  for (let round = 0; round < 10; round++) {
    const sent = Array.from({ length: 40 }, (_, i) =>
      token.get(UNIT, { server: i % 2 ? one : two }),
    );
    allowed += (await Promise.all(sent)).filter(({ status }) => status === 200).length;
  }
  assert.ok(allowed <= 250, `${allowed} of 250 passed`);
  assert.ok(allowed >= 250 / 1.2, `${allowed} of 250 passed`);
});

test('cached_tokens_work_without_the_database_and_every_call_is_recorded_afterwards', async () => {
  const token = await issuer.issue({ scopes: SCOPES });
  const stranger = await issuer.issue({ scopes: SCOPES });
  (await token.get(UNIT)).expect(200);
  const { name } = one.database;
  const allow = (flag) =>
    one.database.admin(`update pg_database set datallowconn = ${flag} where datname = '${name}'`);
  await allow(false);
  try {
    await one.database.admin(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    );
    let sent = 1;
    await waitFor('the loss to be noticed', async () => {
      (await token.get(UNIT)).expect(200);
      sent++;
      const { status } = await fetch(`${one.url}/health/ready`);
      return status === 503;
    });
    const refused = (await stranger.get(UNIT)).expect(503);
    assert.equal(refused.body.errors[0].code, '00503');
    assert.ok(refused.headers['retry-after']);
    for (let i = 0; i < 20; i++, sent++) (await token.get(UNIT)).expect(200);
    await allow(true);
    await waitFor('the record', async () => {
      const [{ count }] = await one.database.rows(
        `select count(*)::int from call where token_id = '${token.id}'`,
      );
      return count === sent;
    });
    await waitFor('the unknown token', async () => (await stranger.get(UNIT)).status === 200);
  } finally {
    await allow(true);
  }
});

// The last one: the numbers of the changes begin anew for all that follow.
test('a_revocation_takes_effect_after_the_database_was_restored_from_an_older_backup', async () => {
  const token = await issuer.issue({ scopes: SCOPES });
  await token.change({ allowed_ips: "'{127.0.0.0/8}'" });
  // The test before took the database away: this instance may not have found it again yet.
  await waitFor('the token', async () => {
    const { status } = await token.get(UNIT, { server: deaf });
    return status === 200;
  });
  await one.database.sql("select setval('token_change_seq', 1)");
  await token.change({ revoked_at: 'now()' });
  const elapsedMs = stopwatch();
  const answer = await waitFor('the revocation', async () => {
    const now = await token.get(UNIT, { server: deaf });
    return now.status !== 200 && now;
  });
  assert.ok(elapsedMs() <= REVOCATION_MS);
  assert.equal(answer.expect(401).body.errors[0].code, '00105');
});
