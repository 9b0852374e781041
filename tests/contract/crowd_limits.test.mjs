// Forty at once get as many tries as one after the other: whatever is limited is counted before it is tried.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAccount, logInAs, PASSWORD, signUpForm } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { patiently } from '../support/client.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { totpCode } from '../support/totp.mjs';

const CROWD = 40;
/** Of the contract: tries before one waits, mails an hour, tries for one address from anywhere. */
const TRIES = 5;
const MAILS = 5;
const TRIES_FROM_ANYWHERE = 30;

let servers;
before(async () => {
  const env = { GUICHET_RATE_LIMITS: 'on', GUICHET_TRUSTED_PROXIES: '127.0.0.1' };
  const one = await startServer({ env });
  servers = [one, await startServer({ env, database: one.database, dataDir: one.dataDir })];
});
after(async () => {
  await servers[1].stop();
  await servers[0].stop();
});

let last = 0;
/** A caller's address that no other request of this file comes from. */
const newAddress = () => ({ 'x-forwarded-for': `198.51.${++last >> 8}.${last & 255}` });

/** `ask(server, i)` forty times at once, over both instances; how often each status came. */
async function crowd(ask) {
  const answers = await Promise.all(
    Array.from({ length: CROWD }, (_, i) => patiently(() => ask(servers[i % 2], i))),
  );
  const counts = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** The same session at another instance, from addresses of their own. */
function sessionAt(server, client) {
  const other = server.client();
  for (const [name, value] of client.cookies) other.cookies.set(name, value);
  other.csrf = client.csrf;
  return other;
}

test('a_crowd_from_one_address_tries_five_passwords', async () => {
  const { email } = await createAccount(servers[0]);
  const headers = newAddress();
  const counts = await crowd((server) =>
    server.client().post('/v1/session', { email, password: 'pas-le-bon' }, { headers }),
  );
  assert.deepEqual(counts, { 401: TRIES, 429: CROWD - TRIES });
});

test('a_crowd_from_anywhere_tries_thirty_passwords_of_one_person', async () => {
  const { email } = await createAccount(servers[0]);
  const counts = await crowd((server) =>
    server
      .client()
      .post('/v1/session', { email, password: 'pas-le-bon' }, { headers: newAddress() }),
  );
  assert.deepEqual(counts, { 401: TRIES_FROM_ANYWHERE, 429: CROWD - TRIES_FROM_ANYWHERE });
});

test('good_passwords_are_given_back', async () => {
  const { email } = await createAccount(servers[0]);
  const headers = newAddress();
  const open = (password) =>
    servers[0].client().post('/v1/session', { email, password }, { headers });
  for (let i = 0; i < 2 * TRIES; i++) (await open(PASSWORD)).expect(201);
  for (let i = 0; i < TRIES; i++) (await open('pas-le-bon')).expect(401);
  (await open(PASSWORD)).expect(429);
});

test('a_crowd_tries_five_codes', async () => {
  const { client, email } = await logInAs(servers[0]);
  const { secret } = (await client.post('/v1/account/second-factor')).expect(201).body;
  const confirmation = { code: totpCode(secret) };
  (await client.post('/v1/account/second-factor/confirmation', confirmation)).expect(200);
  const waiting = servers[0].client();
  await waiting.logIn(email, PASSWORD);
  const counts = await crowd((server, i) =>
    sessionAt(server, waiting).post(
      '/v1/session/second-factor',
      { code: i % 3 === 0 ? '000000' : 'AAAA-BBBB-CCCC' },
      { headers: newAddress() },
    ),
  );
  assert.deepEqual(counts, { 422: TRIES, 429: CROWD - TRIES });
});

test('a_crowd_tries_five_codes_of_a_factor_that_is_not_confirmed_yet', async () => {
  const { client } = await logInAs(servers[0]);
  (await client.post('/v1/account/second-factor')).expect(201);
  const counts = await crowd((server) =>
    sessionAt(server, client).post(
      '/v1/account/second-factor/confirmation',
      { code: '000000' },
      { headers: newAddress() },
    ),
  );
  assert.deepEqual(counts, { 422: TRIES, 429: CROWD - TRIES });
});

test('a_crowd_tries_five_times_the_present_password', async () => {
  const { client } = await logInAs(servers[0]);
  const body = { current_password: 'pas-le-bon', password: 'girafe-turquoise-77-Mistral' };
  const counts = await crowd((server) =>
    sessionAt(server, client).put('/v1/account/password', body, { headers: newAddress() }),
  );
  assert.deepEqual(counts, { 422: TRIES, 429: CROWD - TRIES });
});

/** How many mails came, once everything that was to be mailed is. */
async function mailsOf(wanted) {
  await mailsDone(servers[0]);
  return (await servers[0].mailbox.list(wanted)).length;
}

test('a_crowd_that_signs_up_in_one_name_causes_five_mails', async () => {
  const form = signUpForm();
  const counts = await crowd((server) =>
    server.client().post('/v1/accounts', form, { headers: newAddress() }),
  );
  assert.deepEqual(counts, { 202: CROWD });
  assert.equal(await mailsOf({ to: form.email }), MAILS);
});

for (const [name, path] of [
  ['a_new_password', '/v1/password-reset-mail'],
  ['another_activation_link', '/v1/accounts/activation-mail'],
]) {
  test(`a_crowd_that_asks_for_${name}_causes_five_mails`, async () => {
    const { email } = await createAccount(servers[0]);
    const counts = await crowd((server) =>
      server.client().post(path, { email }, { headers: newAddress() }),
    );
    assert.deepEqual(counts, { 202: CROWD });
    assert.equal(await mailsOf({ to: email }), MAILS);
  });
}

test('a_crowd_that_asks_for_another_address_causes_five_mails_to_it', async () => {
  const { client } = await logInAs(servers[0]);
  const { email } = signUpForm();
  const counts = await crowd((server) =>
    sessionAt(server, client).post('/v1/account/email', { email }, { headers: newAddress() }),
  );
  assert.deepEqual(counts, { 202: MAILS, 429: CROWD - MAILS });
  assert.equal(await mailsOf({ to: email }), MAILS);
});

test('a_crowd_makes_no_more_than_fifty_programs', async () => {
  const { client, email } = await logInAs(servers[0], { siret: SIRETS.CLAMART });
  await servers[0].database.sql(
    `insert into client (account_id, name, siret, scopes)
     select id, 'n' || n, '${SIRETS.CLAMART}', '{requests:read}'
     from account, generate_series(1, 45) n where email = '${email}'`,
  );
  const body = { name: 'Un de plus', siret: SIRETS.CLAMART, scopes: ['requests:read'] };
  const counts = await crowd((server) =>
    sessionAt(server, client).post('/v1/clients', body, { headers: newAddress() }),
  );
  assert.deepEqual(counts, { 201: 5, 409: CROWD - 5 });
});
