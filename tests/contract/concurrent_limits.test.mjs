// Forty requests at once get no more attempts than one after the other: an attempt is counted before it is made.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAccount, logInAs, PASSWORD, signUpForm } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { patiently } from '../support/client.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { totpCode } from '../support/totp.mjs';

const CALLERS = 40;
/** Of the contract: attempts before a wait, mails an hour, attempts to one account from anywhere. */
const ATTEMPTS = 5;
const MAILS = 5;
const ATTEMPTS_FROM_ANYWHERE = 30;

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
/** An IP address of a network (/24) that no other request of this file uses. */
const newAddress = () => ({ 'x-forwarded-for': `198.${++last >> 8}.${last & 255}.7` });

/** Calls `ask(server, i)` forty times at once, over both instances; returns how often each status came. */
async function atOnce(ask) {
  const answers = await Promise.all(
    Array.from({ length: CALLERS }, (_, i) => patiently(() => ask(servers[i % 2], i))),
  );
  const counts = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** A client of another instance with the same session. */
function sessionAt(server, client) {
  const other = server.client();
  for (const [name, value] of client.cookies) other.cookies.set(name, value);
  other.csrf = client.csrf;
  return other;
}

test('log_ins_at_once_from_one_address_get_five_attempts', async () => {
  const { email } = await createAccount(servers[0]);
  const headers = newAddress();
  const counts = await atOnce((server) =>
    server.client().post('/v1/session', { email, password: 'pas-le-bon' }, { headers }),
  );
  assert.deepEqual(counts, { 401: ATTEMPTS, 429: CALLERS - ATTEMPTS });
});

test('log_ins_at_once_to_one_account_get_thirty_attempts', async () => {
  const { email } = await createAccount(servers[0]);
  const counts = await atOnce((server) =>
    server
      .client()
      .post('/v1/session', { email, password: 'pas-le-bon' }, { headers: newAddress() }),
  );
  assert.deepEqual(counts, { 401: ATTEMPTS_FROM_ANYWHERE, 429: CALLERS - ATTEMPTS_FROM_ANYWHERE });
});

test('right_passwords_are_not_counted', async () => {
  const { email } = await createAccount(servers[0]);
  const headers = newAddress();
  const open = (password) =>
    servers[0].client().post('/v1/session', { email, password }, { headers });
  for (let i = 0; i < 2 * ATTEMPTS; i++) (await open(PASSWORD)).expect(201);
  for (let i = 0; i < ATTEMPTS; i++) (await open('pas-le-bon')).expect(401);
  (await open(PASSWORD)).expect(429);
});

test('second_factors_at_once_get_five_attempts', async () => {
  const { client, email } = await logInAs(servers[0]);
  const { secret } = (await client.post('/v1/account/second-factor')).expect(201).body;
  const confirmation = { code: totpCode(secret) };
  (await client.post('/v1/account/second-factor/confirmation', confirmation)).expect(200);
  const waiting = servers[0].client();
  await waiting.logIn(email, PASSWORD);
  const counts = await atOnce((server, i) =>
    sessionAt(server, waiting).post(
      '/v1/session/second-factor',
      { code: i % 3 === 0 ? '000000' : 'AAAA-BBBB-CCCC' },
      { headers: newAddress() },
    ),
  );
  assert.deepEqual(counts, { 422: ATTEMPTS, 429: CALLERS - ATTEMPTS });
});

test('confirmations_at_once_of_a_second_factor_get_five_attempts', async () => {
  const { client } = await logInAs(servers[0]);
  (await client.post('/v1/account/second-factor')).expect(201);
  const counts = await atOnce((server) =>
    sessionAt(server, client).post(
      '/v1/account/second-factor/confirmation',
      { code: '000000' },
      { headers: newAddress() },
    ),
  );
  assert.deepEqual(counts, { 422: ATTEMPTS, 429: CALLERS - ATTEMPTS });
});

test('changes_at_once_of_a_password_get_five_attempts', async () => {
  const { client } = await logInAs(servers[0]);
  const body = { current_password: 'pas-le-bon', password: 'girafe-turquoise-77-Mistral' };
  const counts = await atOnce((server) =>
    sessionAt(server, client).put('/v1/account/password', body, { headers: newAddress() }),
  );
  assert.deepEqual(counts, { 422: ATTEMPTS, 429: CALLERS - ATTEMPTS });
});

/** How many mails came, once everything that was to be mailed is. */
async function mailsOf(wanted) {
  await mailsDone(servers[0]);
  return (await servers[0].mailbox.list(wanted)).length;
}

test('sign_ups_at_once_with_one_address_send_five_mails', async () => {
  const form = signUpForm();
  const counts = await atOnce((server) =>
    server.client().post('/v1/accounts', form, { headers: newAddress() }),
  );
  assert.deepEqual(counts, { 202: CALLERS });
  assert.equal(await mailsOf({ to: form.email }), MAILS);
});

for (const [name, path] of [
  ['a_new_password', '/v1/password-reset-mail'],
  ['another_activation_link', '/v1/accounts/activation-mail'],
]) {
  test(`requests_at_once_for_${name}_send_five_mails`, async () => {
    const { email } = await createAccount(servers[0]);
    const counts = await atOnce((server) =>
      server.client().post(path, { email }, { headers: newAddress() }),
    );
    assert.deepEqual(counts, { 202: CALLERS });
    assert.equal(await mailsOf({ to: email }), MAILS);
  });
}

test('changes_at_once_to_one_address_send_it_five_mails', async () => {
  const { client } = await logInAs(servers[0]);
  const { email } = signUpForm();
  const counts = await atOnce((server) =>
    sessionAt(server, client).post('/v1/account/email', { email }, { headers: newAddress() }),
  );
  assert.deepEqual(counts, { 202: MAILS, 429: CALLERS - MAILS });
  assert.equal(await mailsOf({ to: email }), MAILS);
});

test('requests_at_once_create_fifty_programs_at_most', async () => {
  const { client, email } = await logInAs(servers[0], { siret: SIRETS.CLAMART });
  await servers[0].database.sql(
    `insert into client (account_id, name, siret, scopes)
     select id, 'n' || n, '${SIRETS.CLAMART}', '{requests:read}'
     from account, generate_series(1, 45) n where email = '${email}'`,
  );
  const body = { name: 'Un de plus', siret: SIRETS.CLAMART, scopes: ['requests:read'] };
  const counts = await atOnce((server) =>
    sessionAt(server, client).post('/v1/clients', body, { headers: newAddress() }),
  );
  assert.deepEqual(counts, { 201: 5, 409: CALLERS - 5 });
});
