// Wrong passwords and mails are counted for all instances together, and nobody is locked out for ever.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAccount, PASSWORD, signUpForm } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';

let one;
let other;
before(async () => {
  const env = { GUICHET_RATE_LIMITS: 'on' };
  one = await startServer({ env });
  other = await startServer({ env, database: one.database, dataDir: one.dataDir });
});
after(async () => {
  await other.stop();
  await one.stop();
});

const tryWith = (server, email, password) =>
  server.client().post('/v1/session', { email, password });

test('makes_one_wait_after_five_wrong_passwords_on_every_instance', async () => {
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

test('lets_the_person_in_once_the_wait_is_over', async () => {
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

test('keeps_no_address_in_the_table', async () => {
  const rows = await one.database.rows('select octet_length(key) as bytes from attempt');
  assert.ok(rows.length > 0);
  for (const { bytes } of rows) assert.equal(bytes, 32, 'a hash');
});

test('sends_no_more_than_five_mails_an_hour_to_one_address_and_answers_the_same', async () => {
  const form = signUpForm();
  const bodies = [];
  for (let i = 0; i < 7; i++) {
    bodies.push((await one.client().post('/v1/accounts', form)).expect(202).body);
  }
  assert.equal(new Set(bodies.map((body) => JSON.stringify(body))).size, 1);
  const later = signUpForm();
  (await one.client().post('/v1/accounts', later)).expect(202);
  await one.mailbox.take({ to: later.email });
  assert.equal((await one.mailbox.list({ to: form.email })).length, 5);
});
