// Expiry notices around restarts: one is written on each of its days, not before and never twice,
// though both instances are killed when it is due.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runJob } from '../support/jobs.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { DAY_S, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const NOTICES = [90, 60, 30, 15, 7, 0];
const JOB = 'token_notices';
const TOKENS = 3;
const MOST_MS = 250;
const CONTACTS = ['technical', 'business', 'data_protection_officer', 'data_controller'];

let one;
let two;
let issuer;
let applicant;

before(async () => {
  one = await startServer();
  const { database, dataDir } = one;
  two = await startServer({ env: { GUICHET_PUBLIC_URL: one.url }, database, dataDir });
  issuer = await new Issuer(one).start();
  applicant = await issuer.applicant({ siret: SIRETS.LYON });
});
after(async () => {
  await two?.stop();
  await one?.stop();
});

const contactsOf = (name) =>
  Object.fromEntries(CONTACTS.map((kind) => [kind, { email: `${kind}@${name}.example` }]));
const list = (tokens) => tokens.map(({ id }) => `'${id}'`).join(',');

/** The tokens end in so many days and seconds; what was noted for them stays theirs. */
function setEnd(tokens, days, seconds) {
  const end = `now() + interval '${days} days ${seconds} seconds'`;
  return one.database.sql(`
    begin;
    update token set expires_at = ${end} where id in (${list(tokens)});
    update token_notice n set expires_at = t.expires_at from token t
      where t.id = n.token_id and t.id in (${list(tokens)});
    commit`);
}

/** How many notices of each day were mailed. */
async function mailed(tokens) {
  const rows = await one.database.rows(
    `select days, count(*)::int as n from token_notice
     where mailed and token_id in (${list(tokens)}) group by days`,
  );
  return Object.fromEntries(rows.map(({ days, n }) => [days, n]));
}

/** Both are killed while the job is due, each at some moment of it. */
async function killAround() {
  for (const instance of [one, two]) {
    await one.database.sql(`update job set run_at = now() where kind = '${JOB}'`);
    await sleep(Math.random() * MOST_MS);
    await instance.kill('SIGKILL');
    await instance.start();
  }
  // What the dead had claimed comes back now instead of after minutes.
  await one.database.sql(`update job set run_at = now() where kind = '${JOB}'`);
}

test('sends_each_notice_once_on_its_day_across_restarts', async () => {
  const tokens = [];
  for (let i = 0; i < TOKENS; i++) {
    const contacts = contactsOf(`commune-${i}`);
    const expiresAt = new Date(Date.now() + 200 * DAY_S * 1000);
    tokens.push(
      await issuer.issue({ siret: SIRETS.LYON, applicantId: applicant.id, contacts, expiresAt }),
    );
  }
  const wanted = {};
  for (const days of NOTICES) {
    await setEnd(tokens, days, 3600);
    await runJob(one, JOB);
    assert.deepEqual(await mailed(tokens), wanted, `before the day of ${days}`);
    await setEnd(tokens, days, -1);
    await killAround();
    // An instance that died in the middle had written nothing, or the notice with all of its mails.
    wanted[days] = TOKENS;
    await waitFor(`the notices of ${days} days`, async () => {
      await runJob(two, JOB);
      return (await mailed(tokens))[days] === TOKENS;
    });
    await runJob(one, JOB);
    assert.deepEqual(await mailed(tokens), wanted);
  }
  const written = await one.database.rows(
    `select recipient, count(*)::int as n from outbox where template = 'token_expiring'
     group by recipient order by recipient`,
  );
  const expected = tokens.flatMap((_, i) =>
    CONTACTS.map((kind) => ({ recipient: `${kind}@commune-${i}.example`, n: NOTICES.length })),
  );
  expected.push({ recipient: applicant.email, n: NOTICES.length * TOKENS });
  const byRecipient = (a, b) => (a.recipient < b.recipient ? -1 : 1);
  assert.deepEqual(written.sort(byRecipient), expected.sort(byRecipient));
});
