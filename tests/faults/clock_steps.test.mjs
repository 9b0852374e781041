// The time of day of the whole machine, PostgreSQL's too, jumps forward and is set back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, logInAs, signUpForm } from '../support/accounts.mjs';
import { newCluster } from '../support/cluster.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { stopwatch } from '../support/stopwatch.mjs';
import { ASKED, DAY_S, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';
import { preload } from './shim.mjs';

const UNIT = `v4/insee/sirene/unites_legales/130025265?${ASKED}`;
const SCOPES = ['unites_legales_etablissements_insee'];
const HOUR_S = 3600;
/** Between two runs of the job that is looked at, and a second. */
const INTERVAL_S = 31;
/** Of the contract: a revocation reaches every instance within. */
const REVOCATION_MS = 5000;

let clock;
let cluster;
let server;
let issuer;
before(async () => {
  clock = await preload('stepped_clock', 'STEPPED_CLOCK_FILE');
  cluster = await newCluster({ env: clock.env });
  await cluster.start();
  server = await startServer({ database: cluster.database, env: clock.env, start: false });
  assert.equal((await runProgram(['migrate'], { env: server.env })).code, 0);
  await server.start();
  issuer = await new Issuer(server).start();
});
after(async () => {
  await server?.stop();
  await cluster?.remove();
  await clock?.remove();
});

/** A token that was issued two days ago, so that no step takes its `nbf` into the future. */
async function oldToken() {
  const token = await issuer.issue({ scopes: SCOPES, siret: SIRETS.LYON });
  token.issuedAt -= 2 * DAY_S;
  await token.change({ issued_at: String(token.issuedAt) });
  token.string = token.stringOf();
  return token;
}

/** Ends the token as the program does and waits until the gateway, which has it in memory, refuses it. */
async function revokeAndWait(token) {
  await token.change({ revoked_at: "now() - interval '1 second'" });
  const elapsedMs = stopwatch();
  const answer = await waitFor('the revocation', async () => {
    const now = await token.get(UNIT);
    return now.status !== 200 && now;
  });
  assert.equal(answer.expect(401).body.errors[0].code, '00105');
  assert.ok(elapsedMs() <= REVOCATION_MS);
}

const STEPS = {
  an_hour_forward: HOUR_S,
  back_again: 0,
  an_hour_back: -HOUR_S,
  a_day_forward: DAY_S,
  back_from_a_day: 0,
};

for (const [name, offset] of Object.entries(STEPS)) {
  test(`serves_calls_people_and_mails_after_a_step_${name}`, async (t) => {
    const { pid } = server;
    const token = await oldToken();
    (await token.get(UNIT)).expect(200);
    const { client, email } = await logInAs(server, { siret: SIRETS.RENNES });
    clock.set(offset);
    const stepped = Date.now();
    (await token.get(UNIT)).expect(200);
    await revokeAndWait(token);
    (await client.get('/health/ready')).expect(200);
    // A session may have run out by the step, and nothing worse.
    const status = (await client.get('/v1/requests')).expect(200, 401).status;
    assert.ok(status === 200 || offset === DAY_S);
    await client.logIn(email, PASSWORD);
    const form = signUpForm({ siret: SIRETS.RENNES });
    (await client.post('/v1/accounts', form)).expect(202);
    await server.mailbox.take({ to: form.email });
    t.diagnostic(JSON.stringify({ mailMs: Date.now() - stepped }));
    client.close();
    assert.equal(server.pid, pid);
  });
}

test('a_window_that_begins_in_the_future_has_ended', async () => {
  const token = await oldToken();
  await server.database.sql(
    `insert into rate_window (token_id, limit_key, started_at, used, granted)
     select '${token.id}', limit_key, now() + interval '1 hour', 1000000, 0
     from rate_window group by limit_key`,
  );
  (await token.get(UNIT)).expect(200);
});

test('jobs_run_again_within_a_minute_of_the_clock_being_set_back', async (t) => {
  const lastDue = async () => {
    const [{ ahead }] = await server.database.rows(
      "select extract(epoch from max(run_at) - now()) as ahead from job where kind = 'token_revocations'",
    );
    return ahead;
  };
  clock.set(DAY_S);
  await waitFor('a run of tomorrow', async () => (await lastDue()) > 0, { timeoutMs: 90_000 });
  clock.set(0);
  assert.ok((await lastDue()) > HOUR_S);
  const back = Date.now();
  await waitFor('a run of today', async () => (await lastDue()) < INTERVAL_S, {
    timeoutMs: 90_000,
  });
  t.diagnostic(JSON.stringify({ jobsMs: Date.now() - back }));
});

test('the_audit_chain_verifies_after_all_steps', async () => {
  assert.match(await server.command(['verify-audit']), /./);
});
