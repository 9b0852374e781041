// Two instances that work, one of them killed again and again in the middle: mails, webhooks, notices,
// reminders, roll-ups and retention are all done, and each once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { logInAs, signUpForm } from '../support/accounts.mjs';
import { Listener } from '../support/listener.mjs';
import { freePort } from '../support/ports.mjs';
import { createRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { startSmtp } from '../support/smtp.mjs';
import { makeCertificate } from '../support/tls.mjs';
import { DAY_S, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const KILLS = process.env.GUICHET_TEST_FULL === '1' ? 60 : 4;
const PER_ROUND = 4;
const CALLS = 4000;
const MOST_MS = 250;
const NEW = { product: 'api-entreprise', use_case: 'demande-libre', siret: SIRETS.LYON };

let certificate;
let port;
let instances;
let person;
let issuer;
let listener;

before(async () => {
  certificate = makeCertificate();
  port = await freePort();
  const env = {
    GUICHET_SMTP_URL: `smtp://127.0.0.1:${port}`,
    GUICHET_SMTP_CA_FILE: certificate.file,
    GUICHET_WEBHOOK_LOOPBACK: 'on',
    GUICHET_DRAFTS_PER_ACCOUNT: '10000',
  };
  const one = await startServer({ env });
  const { database, dataDir } = one;
  instances = [one];
  instances.push(
    await startServer({ env: { ...env, GUICHET_PUBLIC_URL: one.url }, database, dataDir }),
  );
  issuer = await new Issuer(one).start();
  person = await logInAs(one, { siret: SIRETS.LYON });
  listener = await new Listener().start();
  const body = { product: NEW.product, siret: NEW.siret, url: listener.url };
  const webhook = { ...body, events: ['request.created'] };
  (await person.client.post('/v1/webhooks', webhook)).expect(201);
});
after(async () => {
  person?.client.close();
  await instances?.[1]?.stop();
  await instances?.[0]?.stop();
  await listener?.stop();
  certificate.remove();
});

const sql = (text) => instances[0].database.sql(text);
const rows = (text) => instances[0].database.rows(text);
const count = async (what) => (await rows(`select count(*)::int as n from ${what}`))[0].n;
const quote = (ids) => ids.map((id) => `'${id}'`).join(',');

/** Something of every kind to do; what is due one day is due now. */
async function addWork(done, client) {
  for (let i = 0; i < PER_ROUND; i++) {
    done.requests.push((await createRequest(client, NEW)).body.id);
    const expiresAt = new Date(Date.now() + 20 * DAY_S * 1000);
    const [{ id: applicantId }] = await rows(
      `select id from account where email = '${person.email}'`,
    );
    done.tokens.push((await issuer.issue({ siret: NEW.siret, expiresAt, applicantId })).id);
  }
  const stranger = signUpForm();
  (await client.post('/v1/accounts', stranger)).expect(202);
  done.strangers.push(`former-${stranger.email}`);
  await sql(`
    update request set updated_at = now() - interval '16 days' where id in (${quote(done.requests)});
    insert into registration (email, email_key, given_name, family_name, siret, expires_at)
    select 'former-' || email, 'former-' || email_key, given_name, family_name, siret, now() - interval '8 days'
    from registration where email = '${stranger.email}'`);
}

/** Calls of the last forty hours that no roll-up has seen. */
async function addCalls() {
  const token = await issuer.issue();
  await sql(`
    update call_rolled set until = date_trunc('hour', now()) - interval '40 hours';
    insert into call (at, token_id, endpoint, status, duration_us, request_id)
    select date_trunc('hour', now()) - interval '36 seconds' * i, '${token.id}', 'x', 200, 20000, 'past-' || i
    from generate_series(1, ${CALLS}) i`);
  return token.id;
}

const allDue = () => sql('update job set run_at = now()');

/** What the dead had claimed comes back at once instead of after minutes; nobody works meanwhile. */
async function releaseClaims() {
  for (const instance of instances) await instance.end();
  await sql(`
    update outbox set next_attempt_at = now() where state in ('pending', 'sealed');
    update webhook_attempt set claimed_until = null where state = 'pending';
    update job set run_at = now()`);
  for (const instance of instances) await instance.start();
}

async function allDone({ requests, tokens, strangers }) {
  const waiting = [
    "outbox where state in ('pending', 'sealed')",
    'webhook_event where not dispatched',
    "webhook_attempt where state = 'pending'",
    `request where id in (${quote(requests)}) and reminded_at is null`,
    `token t where id in (${quote(tokens)}) and not exists (select from token_notice n where n.token_id = t.id)`,
    `registration where email in (${quote(strangers)})`,
    "call_rolled where until < date_trunc('hour', now()) - interval '1 hour'",
  ];
  for (const what of waiting) {
    if ((await count(what)) > 0) return false;
  }
  return true;
}

const countBy = (items, key) => {
  const counts = new Map();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
};
const repeated = (counts) => [...counts.values()].filter((n) => n > 1).length;

test('does_every_job_once_with_two_workers_and_one_killed', async (t) => {
  const smtp = await startSmtp(t, certificate, port);
  const done = { requests: [], tokens: [], strangers: [] };
  const called = await addCalls();
  for (let kill = 0; kill < KILLS; kill++) {
    const [victim, other] = kill % 2 ? instances : [instances[1], instances[0]];
    const client = other.client();
    client.cookies = person.client.cookies;
    client.csrf = person.client.csrf;
    await addWork(done, client);
    client.close();
    await allDue();
    await sleep(Math.random() * MOST_MS);
    await victim.kill('SIGKILL');
    await victim.start();
  }
  await releaseClaims();
  await waitFor('all work', () => allDone(done));

  const mails = smtp.received.map(({ mail }) => mail);
  const byId = countBy(mails, ({ headers }) => headers.get('message-id'));
  assert.equal(byId.size, await count("outbox where state = 'sent'"), 'a mail is missing');
  // The one mail between the server's yes and its mark: sent again under the same Message-ID.
  assert.ok(repeated(byId) <= KILLS, `${repeated(byId)} mails came twice`);
  const ofTemplate = (name) => `outbox where template = '${name}'`;
  assert.equal(await count(ofTemplate('request_reminder_draft')), done.requests.length);
  assert.equal(
    await count(`token_notice where mailed and token_id in (${quote(done.tokens)})`),
    done.tokens.length,
  );
  const noticed = new Set(
    mails
      .filter(({ subject }) => /fin de validité/.test(subject))
      .map(({ headers }) => headers.get('message-id')),
  );
  assert.equal(noticed.size, done.tokens.length);
  assert.equal(await count(`call_hour where token_id = '${called}' and calls < 1`), 0);
  const [{ rolled, there }] = await rows(`
    select (select sum(calls)::int from call_hour where token_id = '${called}') as rolled,
           (select count(*)::int from call, call_rolled r
            where token_id = '${called}' and at < r.until) as there`);
  assert.equal(rolled, there, 'a roll-up counted twice or not at all');
  const events = countBy(listener.received, ({ event }) => event.id);
  assert.equal(events.size, done.requests.length, 'an event is missing');
  assert.ok(repeated(events) <= KILLS);
  assert.equal(await count("webhook_attempt where state = 'delivered'"), done.requests.length);
  t.diagnostic(
    `${KILLS} kills: ${byId.size} mails (${repeated(byId)} twice), ${events.size} events ` +
      `(${repeated(events)} twice), ${done.tokens.length} notices, ${rolled} calls rolled up`,
  );
});
