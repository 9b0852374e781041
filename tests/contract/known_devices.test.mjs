// A lock-out that cannot be aimed: wrong passwords elsewhere keep nobody out on a device where they logged in before.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { activate, createAccount, PASSWORD, register } from '../support/accounts.mjs';
import { patiently } from '../support/client.mjs';
import { startServer } from '../support/server.mjs';
import { totpCode } from '../support/totp.mjs';

const WRONG = 'pas-le-bon-mot-de-passe';
const OTHER_PASSWORD = 'girafe-turquoise-77-Mistral';

let server;
let other; // another instance on the same database
before(async () => {
  const env = { GUICHET_RATE_LIMITS: 'on', GUICHET_TRUSTED_PROXIES: '127.0.0.1' };
  server = await startServer({ env });
  const { database, dataDir } = server;
  other = await startServer({ env: { ...env, GUICHET_WORKER: 'off' }, database, dataDir });
});
after(async () => {
  await other.stop();
  await server.stop();
});

/** Addresses of different networks, none of them twice. */
let networks = 0;
function nextNetwork() {
  networks++;
  return `198.${18 + Math.floor(networks / 250)}.${networks % 250}`;
}
const from = (address, where = server) => where.client({ headers: { 'x-forwarded-for': address } });
const tryWith = (client, email, password) =>
  patiently(() => client.post('/v1/session', { email, password }));

/** A browser of this person that logged in before and logged out. */
async function knownDevice(email, client = from(`${nextNetwork()}.7`)) {
  await client.logIn(email, PASSWORD);
  (await client.delete('/v1/session')).expect(204);
  client.csrf = null;
  return client;
}

test('a_thousand_wrong_passwords_elsewhere_keep_nobody_out_on_their_own_device', async () => {
  const { email } = await createAccount(server);
  const device = await knownDevice(email);
  for (let batch = 0; batch < 125; batch++) {
    const strangers = Array.from({ length: 8 }, () => from(`${nextNetwork()}.9`));
    const answers = await Promise.all(strangers.map((one) => tryWith(one, email, WRONG)));
    for (const answer of answers) answer.expect(401, 429);
    for (const one of strangers) one.close();
  }
  const stranger = from(`${nextNetwork()}.9`);
  (await tryWith(stranger, email, PASSWORD)).expect(429);
  (await tryWith(device, email, PASSWORD)).expect(201);
});

test('a_device_has_a_count_of_its_own_on_every_instance', async () => {
  const { email } = await createAccount(server);
  const first = await knownDevice(email);
  const second = await knownDevice(email);
  const elsewhere = from(`${nextNetwork()}.7`, other);
  elsewhere.cookies = first.cookies;
  for (let i = 0; i < 5; i++) {
    (await tryWith(i % 2 ? first : elsewhere, email, WRONG)).expect(401);
  }
  for (const client of [first, elsewhere]) {
    const answer = (await tryWith(client, email, PASSWORD)).expect(429);
    assert.ok(Number(answer.headers['retry-after']) <= 60);
  }
  (await tryWith(second, email, PASSWORD)).expect(201);
  (await tryWith(from(`${nextNetwork()}.7`), email, PASSWORD)).expect(201);
});

test('only_a_cookie_of_this_account_under_this_password_makes_a_device_known', async () => {
  const { email } = await createAccount(server);
  const stranger = await createAccount(server);
  const device = await knownDevice(email);
  const cookie = device.cookies.get('guichet_device');
  const block = async () => {
    for (let i = 0; i < 30; i++) {
      (await tryWith(from(`${nextNetwork()}.9`), email, WRONG)).expect(401, 429);
    }
    (await tryWith(from(`${nextNetwork()}.9`), email, PASSWORD)).expect(429);
  };
  await block();
  const forged = `${cookie.slice(0, -4)}${cookie.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
  const ofOther = (await knownDevice(stranger.email)).cookies.get('guichet_device');
  for (const value of [forged, ofOther, 'x', '']) {
    const client = from(`${nextNetwork()}.9`);
    client.cookies.set('guichet_device', value);
    (await tryWith(client, email, PASSWORD)).expect(429);
  }
  await device.logIn(email, PASSWORD);
  const change = { current_password: PASSWORD, password: OTHER_PASSWORD };
  (await device.put('/v1/account/password', change)).expect(204);
  const former = from(`${nextNetwork()}.9`);
  former.cookies.set('guichet_device', cookie);
  (await tryWith(former, email, OTHER_PASSWORD)).expect(429);
});

test('a_device_stays_known_where_the_password_is_changed', async () => {
  const { email } = await createAccount(server);
  const [own, elsewhere] = [await knownDevice(email), await knownDevice(email)];
  await own.logIn(email, PASSWORD);
  const passwords = { current_password: PASSWORD, password: OTHER_PASSWORD };
  (await own.put('/v1/account/password', passwords)).expect(204);
  (await own.delete('/v1/session')).expect(204);
  own.csrf = null;
  const strangers = Array.from({ length: 40 }, () => from(`${nextNetwork()}.9`));
  for (const one of strangers) (await tryWith(one, email, WRONG)).expect(401, 429);
  (await tryWith(elsewhere, email, OTHER_PASSWORD)).expect(429);
  (await tryWith(own, email, OTHER_PASSWORD)).expect(201);
});

test('a_browser_that_set_the_password_is_known_before_its_first_log_in', async () => {
  const guess = async (email) => {
    const strangers = Array.from({ length: 40 }, () => from(`${nextNetwork()}.9`));
    for (const one of strangers) (await tryWith(one, email, WRONG)).expect(401, 429);
  };
  const { email, token } = await register(server);
  const own = from(`${nextNetwork()}.7`);
  (await activate(own, token)).expect(200);
  await guess(email);
  (await tryWith(from(`${nextNetwork()}.8`), email, PASSWORD)).expect(429);
  (await tryWith(own, email, PASSWORD)).expect(201);
  const other = from(`${nextNetwork()}.7`);
  (await other.post('/v1/password-reset-mail', { email })).expect(202);
  const { token: reset } = await server.mailbox.take({ to: email, subject: /mot de passe/i });
  (await other.post('/v1/password-reset', { token: reset, password: OTHER_PASSWORD })).expect(204);
  await guess(email);
  (await tryWith(other, email, OTHER_PASSWORD)).expect(201);
});

test('the_cookie_lasts_half_a_year_and_says_nothing_of_the_person', async () => {
  const { email } = await createAccount(server);
  const client = from(`${nextNetwork()}.7`);
  const answer = await client.logIn(email, PASSWORD);
  const cookies = answer.headers['set-cookie'];
  assert.equal(cookies.length, 2);
  const device = cookies.find((one) => one.startsWith('guichet_device='));
  assert.match(device, /; Path=\/; HttpOnly; SameSite=Lax; Max-Age=15552000$/);
  const { id } = answer.body.account;
  const readable = Buffer.from(device, 'base64').toString('latin1') + device;
  assert.ok(!readable.includes(id) && !readable.includes(email));
  const out = (await client.delete('/v1/session')).expect(204);
  assert.equal(out.headers['clear-site-data'], '"cache", "storage"');
  assert.ok(client.cookies.has('guichet_device'), 'a log-out keeps it');
});

test('several_people_of_one_browser_are_known_there', async () => {
  const people = [];
  for (let i = 0; i < 5; i++) people.push(await createAccount(server));
  const browser = from(`${nextNetwork()}.7`);
  for (const { email } of people) await knownDevice(email, browser);
  assert.ok(browser.cookies.get('guichet_device').length < 2048);
  const isKnown = async ({ email }) => {
    for (let i = 0; i < 5; i++)
      (await tryWith(from('198.51.100.1'), email, WRONG)).expect(401, 429);
    const copy = from('198.51.100.1');
    copy.cookies.set('guichet_device', browser.cookies.get('guichet_device'));
    return (await tryWith(copy, email, PASSWORD)).status === 201;
  };
  const known = [];
  for (const person of people) known.push(await isKnown(person));
  assert.deepEqual(known, [false, true, true, true, true], 'the last four');
});

test('the_second_factor_makes_a_device_known_and_has_its_own_count_there', async () => {
  const { email } = await createAccount(server);
  const device = from(`${nextNetwork()}.7`);
  await device.logIn(email, PASSWORD);
  const { secret } = (await device.post('/v1/account/second-factor')).expect(201).body;
  const code = totpCode(secret, -1);
  (await device.post('/v1/account/second-factor/confirmation', { code })).expect(200);
  device.cookies.delete('guichet_device');
  (await device.delete('/v1/session')).expect(204);
  device.csrf = null;
  await device.logIn(email, PASSWORD);
  assert.equal(device.cookies.has('guichet_device'), false, 'the password alone');
  const passed = await device.post('/v1/session/second-factor', { code: totpCode(secret) });
  passed.expect(200);
  assert.ok(device.cookies.has('guichet_device'));
  device.csrf = passed.body.csrf_token;
  (await device.delete('/v1/session')).expect(204);
  device.csrf = null;

  for (let i = 0; i < 5; i++) {
    const thief = from(`${nextNetwork()}.9`); // who knows the password
    await thief.logIn(email, PASSWORD);
    (await thief.post('/v1/session/second-factor', { code: 'AAAA-BBBB-CCCC' })).expect(422);
  }
  const next = { code: totpCode(secret, 1) };
  const thief = from(`${nextNetwork()}.9`);
  await thief.logIn(email, PASSWORD);
  (await thief.post('/v1/session/second-factor', next)).expect(429);
  await device.logIn(email, PASSWORD);
  (await device.post('/v1/session/second-factor', next)).expect(200);
  const reader = from(`${nextNetwork()}.7`); // of the mailbox, without the second factor
  (await reader.post('/v1/password-reset-mail', { email })).expect(202);
  const { token } = await server.mailbox.take({ to: email, subject: /mot de passe/i });
  (await reader.post('/v1/password-reset', { token, password: PASSWORD })).expect(204);
  assert.equal(reader.cookies.has('guichet_device'), false);
});

test('a_network_that_guesses_has_to_wait_for_whomever_it_asks', async () => {
  const { email } = await createAccount(server);
  const network = nextNetwork();
  const device = await knownDevice(email, from(`${network}.250`));
  for (let i = 0; i < 100; i++) {
    const address = `${network}.${1 + (i % 200)}`;
    (await tryWith(from(address), `nobody-${i}@mairie.example`, WRONG)).expect(401);
  }
  (await tryWith(from(`${network}.249`), email, PASSWORD)).expect(429);
  (await tryWith(device, email, PASSWORD)).expect(201);
  (await tryWith(from(`${nextNetwork()}.1`), email, PASSWORD)).expect(201);
});

test('the_addresses_of_a_subnet_of_ipv6_count_as_one', async () => {
  const { email } = await createAccount(server);
  for (let i = 1; i <= 5; i++) {
    (await tryWith(from(`2001:db8:1:2::${i}`), email, WRONG)).expect(401);
  }
  (await tryWith(from('2001:db8:1:2:ffff::9'), email, PASSWORD)).expect(429);
  (await tryWith(from('2001:db8:1:3::9'), email, PASSWORD)).expect(201);
});
