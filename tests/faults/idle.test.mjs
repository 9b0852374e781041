// What the program asks of PostgreSQL while nobody asks anything of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { signUpForm } from '../support/accounts.mjs';
import { newCluster } from '../support/cluster.mjs';
import { runJob } from '../support/jobs.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { stopwatch } from '../support/stopwatch.mjs';
import { waitFor } from '../support/wait.mjs';

/** Long enough for the jobs of every minute. */
const IDLE_MS = 60_000;
/** A backend that rests tells its figures within ten seconds: those of the start are over then. */
const SETTLED_MS = 15_000;
const PER_SECOND_MAX = 1.25;
/** Of a mail that nothing but a notification announces: the poll behind it comes after 30 s. */
const MAIL_MS = 5000;

let cluster;
let server;
before(async () => {
  // Autovacuum counts as transactions of the database, and the migrations have left it work.
  cluster = await newCluster({ options: ['-c', 'autovacuum=off'] });
  await cluster.start();
  server = await startServer({ database: cluster.database, start: false });
  assert.equal((await runProgram(['migrate'], { env: server.env })).code, 0);
  await server.start();
  await runJob(server, 'token_revocations');
});
after(async () => {
  await server?.stop();
  await cluster?.remove();
});

/** Transactions so far, those that were rolled back too. */
async function transactions() {
  const { database } = server;
  const [{ count }] = await database.rows(
    `select xact_commit + xact_rollback as count from pg_stat_database where datname = '${database.name}'`,
  );
  return count;
}

test('makes_at_most_five_transactions_in_four_seconds_while_idle', async (t) => {
  await sleep(SETTLED_MS);
  const first = await transactions();
  const started = performance.now();
  await sleep(IDLE_MS);
  const perSecond = ((await transactions()) - first) / ((performance.now() - started) / 1000);
  t.diagnostic(JSON.stringify({ perSecond: Number(perSecond.toFixed(2)) }));
  assert.ok(perSecond <= PER_SECOND_MAX, `${perSecond} transactions a second`);
});

test('sends_a_mail_at_once_while_idle', async (t) => {
  const form = signUpForm();
  (await server.client().post('/v1/accounts', form)).expect(202);
  const elapsedMs = stopwatch();
  await server.mailbox.take({ to: form.email });
  t.diagnostic(JSON.stringify({ mailMs: Math.round(elapsedMs()) }));
  assert.ok(elapsedMs() < MAIL_MS);
});

// An hour to roll up that takes longer than its claim has left: the claim is made longer while it runs.
test('a_job_that_runs_longer_than_its_claim_is_not_run_twice', async () => {
  const { database } = server;
  const job = async () =>
    (
      await database.rows(
        "select attempts, extract(epoch from run_at - now()) as left from job where kind = 'usage_roll_up'",
      )
    )[0];
  await database.sql(`
    create function be_slow() returns trigger language plpgsql as 'begin perform pg_sleep(50); return null; end';
    create trigger slow before insert on call_hour execute function be_slow();
    update call_rolled set until = date_trunc('hour', now()) - interval '2 hours'`);
  await database.sql("update job set run_at = now() where kind = 'usage_roll_up'");
  await waitFor('the job to run', async () => (await job()).attempts === 1);
  await database.sql(
    "update job set run_at = now() + interval '45 seconds' where kind = 'usage_roll_up'",
  );
  await waitFor('a longer claim', async () => (await job()).left > 60);
  assert.equal((await job()).attempts, 1, 'still the first run');
  await database.sql('drop trigger slow on call_hour');
  await waitFor('the end', async () => (await job()).attempts === 0, { timeoutMs: 120_000 });
});

test('sends_a_mail_soon_without_notifications', async () => {
  const deaf = await startServer({
    env: { GUICHET_DATABASE_LISTEN_URL: 'postgresql:///nowhere?host=/nonexistent' },
  });
  try {
    const form = signUpForm();
    (await deaf.client().post('/v1/accounts', form)).expect(202);
    const elapsedMs = stopwatch();
    await deaf.mailbox.take({ to: form.email });
    assert.ok(elapsedMs() < MAIL_MS);
  } finally {
    await deaf.stop();
  }
});
