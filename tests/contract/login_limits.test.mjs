// Wrong passwords, wrong codes and mails are counted for all instances together; every wait ends.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createAccount, logInAs, PASSWORD, signUpForm } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { startServer } from '../support/server.mjs';
import { totpCode } from '../support/totp.mjs';

let one;
let other;
before(async () => {
  const env = { GUICHET_RATE_LIMITS: 'on', GUICHET_TRUSTED_PROXIES: '127.0.0.1' };
  one = await startServer({ env });
  other = await startServer({ env, database: one.database, dataDir: one.dataDir });
});
after(async () => {
  await other.stop();
  await one.stop();
});

// The limits per IP address and per network are on too: each test uses a network of its own.
let tests = 0;
beforeEach(() => tests++);
const stranger = (server) => server.client({ headers: { 'x-forwarded-for': `198.18.${tests}.7` } });

const tryWith = (server, email, password) =>
  stranger(server).post('/v1/session', { email, password });

test('five_wrong_passwords_block_the_log_in_on_every_instance', async () => {
  const { email } = await createAccount(one);
  for (const who of [email, `nobody-${email}`]) {
    for (let i = 0; i < 5; i++) {
      (await tryWith(i % 2 ? one : other, who, 'pas-le-bon-mot-de-passe')).expect(401);
    }
    for (const server of [one, other]) {
      const answer = (await tryWith(server, who, PASSWORD)).expect(429);
      assert.ok(Number(answer.headers['retry-after']) <= 60);
    }
  }
});

test('the_right_password_works_after_the_wait', async () => {
  const { email } = await createAccount(one);
  for (let i = 0; i < 5; i++) (await tryWith(one, email, 'pas-le-bon')).expect(401);
  (await tryWith(one, email, PASSWORD)).expect(429);
  await one.database.sql(
    `update attempt set blocked_until = now() where blocked_until is not null`,
  );
  (await tryWith(one, email, PASSWORD)).expect(201);
  for (let i = 0; i < 4; i++) (await tryWith(one, email, 'pas-le-bon')).expect(401);
  (await tryWith(one, email, PASSWORD)).expect(201);
});

test('a_log_in_that_fails_for_another_reason_is_not_counted', async () => {
  const { email } = await createAccount(one);
  await one.database.sql(`
    create function refuse_session() returns trigger language plpgsql as
      'begin raise exception ''refused'' using errcode = ''55P03''; end';
    create trigger refuse_session before insert on session execute function refuse_session()`);
  for (let i = 0; i < 6; i++) (await tryWith(one, email, PASSWORD)).expect(503);
  await one.database.sql('drop trigger refuse_session on session');
  for (let i = 0; i < 4; i++) (await tryWith(one, email, 'pas-le-bon')).expect(401);
  (await tryWith(one, email, PASSWORD)).expect(201);
});

// The account's limit from anywhere is reached: what it refuses does not use up the address's own attempts.
test('an_attempt_is_counted_for_the_account_and_the_address_or_for_neither', async () => {
  const { email } = await createAccount(one);
  const counts = () =>
    one.database.sql(`select count from attempt where blocked_until is null order by count`);
  await one.database.sql('delete from attempt');
  (await tryWith(one, email, 'pas-le-bon')).expect(401);
  assert.deepEqual(
    await counts(),
    ['1', '1', '1'],
    'of the network, the network and the account, the account',
  );
  await one.database.sql(`update attempt set blocked_until = now() + interval '5 minutes'`);
  const elsewhere = () =>
    one
      .client({ headers: { 'x-forwarded-for': '198.51.100.250' } })
      .post('/v1/session', { email, password: PASSWORD });
  (await elsewhere()).expect(429);
  assert.deepEqual(await counts(), [], 'nothing for the other address');
  await one.database.sql('delete from attempt');
  (await elsewhere()).expect(201);
});

test('a_password_reset_ends_the_wait', async () => {
  const { email } = await createAccount(one);
  for (let i = 0; i < 5; i++) (await tryWith(one, email, 'pas-le-bon')).expect(401);
  (await tryWith(one, email, PASSWORD)).expect(429);
  (await stranger(one).post('/v1/password-reset-mail', { email })).expect(202);
  const { token } = await one.mailbox.take({ to: email });
  const password = 'girafe-turquoise-77-Mistral';
  (await stranger(one).post('/v1/password-reset', { token, password })).expect(204);
  (await tryWith(other, email, password)).expect(201);
});

test('five_wrong_codes_block_the_second_factor_on_every_instance', async () => {
  const { client, email } = await logInAs(one);
  const { secret } = (await client.post('/v1/account/second-factor')).expect(201).body;
  const confirmation = { code: totpCode(secret) };
  (await client.post('/v1/account/second-factor/confirmation', confirmation)).expect(200);
  const code = totpCode(secret, 1);
  const give = async (server, given) => {
    const browser = stranger(server);
    await browser.logIn(email, PASSWORD);
    return browser.post('/v1/session/second-factor', { code: given });
  };
  for (let i = 0; i < 5; i++) (await give(i % 2 ? one : other, 'AAAA-BBBB-CCCC')).expect(422);
  for (const server of [one, other]) {
    const answer = (await give(server, code)).expect(429);
    assert.ok(Number(answer.headers['retry-after']) <= 300);
  }
  await one.database.sql('update attempt set blocked_until = now()');
  (await give(other, code)).expect(200);
});

test('the_table_of_attempts_holds_no_address', async () => {
  const rows = await one.database.rows('select octet_length(key) as bytes from attempt');
  assert.ok(rows.length > 0);
  for (const { bytes } of rows) assert.equal(bytes, 32, 'a hash');
});

test('an_address_gets_five_mails_an_hour_at_most_and_the_answer_stays_the_same', async () => {
  const form = signUpForm();
  const bodies = [];
  for (let i = 0; i < 7; i++) {
    bodies.push((await stranger(one).post('/v1/accounts', form)).expect(202).body);
  }
  assert.equal(new Set(bodies.map((body) => JSON.stringify(body))).size, 1);
  await mailsDone(one);
  assert.equal((await one.mailbox.list({ to: form.email })).length, 5);
});

test('sign_ups_with_an_address_do_not_use_up_the_mails_of_its_password_reset', async () => {
  const { email } = await createAccount(one);
  for (let i = 0; i < 6; i++) {
    (await stranger(other).post('/v1/accounts', signUpForm({ email }))).expect(202);
  }
  for (let i = 0; i < 6; i++) {
    (await stranger(one).post('/v1/password-reset-mail', { email })).expect(202);
  }
  await mailsDone(one);
  const mails = await one.mailbox.list({ to: email, subject: /nouveau mot de passe/ });
  assert.equal(mails.length, 5);
});
