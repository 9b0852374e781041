// Log-in and log-out, sessions, the second factor.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAccount, logInAs, PASSWORD } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';
import { totpCode } from '../support/totp.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

describe('log-in', () => {
  test('sets_a_cookie_that_scripts_cannot_read', async () => {
    const { email, password } = await createAccount(server);
    const answer = await server.client().logIn(email, password);
    const [cookie] = answer.headers['set-cookie'];
    assert.match(
      cookie,
      /^guichet_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/,
    );
    assert.equal(answer.body.account.email, email);
    assert.equal(answer.body.second_factor, 'not_required');
  });

  test('is_refused_with_the_same_answer_for_unknown_wrong_and_not_activated', async () => {
    const { email } = await createAccount(server);
    const bodies = [];
    for (const [who, password] of [
      [email, 'pas-le-bon-mot-de-passe'],
      [`nobody-${email}`, PASSWORD],
      ['not an address', PASSWORD],
    ]) {
      const answer = await server.client().post('/v1/session', { email: who, password });
      const body = { ...answer.expect(401).body, request_id: null };
      bodies.push({ body, headers: Object.keys(answer.headers) });
    }
    assert.deepEqual(bodies[1], bodies[0]);
    assert.deepEqual(bodies[2], bodies[0]);
  });

  test('opens_a_new_session_each_time_and_ends_the_former_one', async () => {
    const { client, email } = await logInAs(server);
    const former = client.cookies.get('guichet_session');
    await client.logIn(email, PASSWORD);
    assert.notEqual(client.cookies.get('guichet_session'), former);
    const thief = server.client();
    thief.cookies.set('guichet_session', former);
    (await thief.get('/v1/account')).expect(401);
  });

  test('shows_the_account_or_an_empty_session', async () => {
    const nobody = (await server.client().get('/v1/session')).expect(200);
    assert.deepEqual(nobody.body, { account: null, memberships: [], csrf_token: null });
    const { client, email } = await logInAs(server);
    assert.equal((await client.get('/v1/session')).expect(200).body.account.email, email);
    (await client.delete('/v1/session')).expect(204);
    assert.equal((await client.get('/v1/session')).expect(200).body.account, null);
  });

  test('refuses_acts_without_the_csrf_token', async () => {
    const { client } = await logInAs(server);
    for (const headers of [{ 'x-csrf-token': null }, { 'x-csrf-token': 'x'.repeat(43) }]) {
      (await client.delete('/v1/session', { headers })).expect(403);
    }
    (await client.delete('/v1/session')).expect(204);
  });
});

describe('sessions', () => {
  test('are_listed_and_all_ended_at_once', async () => {
    const { client, email } = await logInAs(server);
    const other = server.client({ headers: { 'user-agent': 'autre navigateur' } });
    await other.logIn(email, PASSWORD);
    const { items } = (await client.get('/v1/account/sessions')).expect(200).body;
    assert.equal(items.length, 2);
    assert.equal(items.filter(({ current }) => current).length, 1);
    assert.ok(items.some(({ user_agent: agent }) => agent === 'autre navigateur'));
    (await client.delete('/v1/account/sessions')).expect(204);
    (await client.get('/v1/account')).expect(401);
    (await other.get('/v1/account')).expect(401);
  });

  test('are_paginated', async () => {
    const { client, email } = await logInAs(server);
    for (let i = 0; i < 2; i++) await server.client().logIn(email, PASSWORD);
    const first = (await client.get('/v1/account/sessions?limit=2')).expect(200).body;
    assert.equal(first.items.length, 2);
    const cursor = encodeURIComponent(first.next_cursor);
    const second = (await client.get(`/v1/account/sessions?limit=2&cursor=${cursor}`)).expect(200);
    assert.equal(second.body.items.length, 1);
    assert.equal(second.body.next_cursor, null);
    (await client.get('/v1/account/sessions?cursor=x')).expect(422);
  });

  test('end_after_twelve_hours_without_a_request', async () => {
    const { client } = await logInAs(server);
    const wasSeen = (ago) =>
      server.database.sql(`update session set last_seen_at = now() - interval '${ago}'`);
    await wasSeen('11 hours 59 minutes');
    (await client.get('/v1/account')).expect(200);
    await wasSeen('12 hours 1 second');
    (await client.get('/v1/account')).expect(401);
  });

  test('end_after_seven_days_and_the_cookie_with_them', async () => {
    const { email } = await createAccount(server);
    const client = server.client();
    const answer = await client.logIn(email, PASSWORD);
    const cookie = answer.headers['set-cookie'].find((one) => one.startsWith('guichet_session='));
    assert.match(cookie, /; Max-Age=604800(;|$)/);
    const ofMine = `account_id = (select id from account where email = '${email}')`;
    const lives = `select extract(epoch from expires_at - created_at)::int from session where ${ofMine}`;
    assert.deepEqual(await server.database.sql(lives), [String(7 * 24 * 3600)]);
    await server.database.sql(
      `update session set expires_at = now() - interval '1 second' where ${ofMine}`,
    );
    (await client.get('/v1/account')).expect(401);
  });
});

describe('second factor', () => {
  async function enrol(client) {
    const started = (await client.post('/v1/account/second-factor')).expect(201).body;
    const code = totpCode(started.secret);
    const confirmed = await client.post('/v1/account/second-factor/confirmation', { code });
    return { ...started, code, codes: confirmed.expect(200).body.recovery_codes };
  }

  test('is_shown_as_secret_uri_and_qr_code', async () => {
    const { client, email } = await logInAs(server);
    const { secret, otpauth_uri: uri, qr_svg: svg } = await enrol(client);
    assert.match(uri, new RegExp(`^otpauth://totp/Guichet:.*secret=${secret}`));
    assert.ok(decodeURIComponent(uri).includes(email));
    assert.match(svg, /^<svg /);
    (await client.post('/v1/account/second-factor')).expect(409);
  });

  test('is_required_at_the_next_log_in_before_any_other_operation', async () => {
    const { client, email } = await logInAs(server);
    const { codes } = await enrol(client);
    const browser = server.client();
    const { body: pending } = await browser.logIn(email, PASSWORD);
    assert.equal(pending.second_factor, 'pending');
    for (const body of [pending, (await browser.get('/v1/session')).expect(200).body]) {
      assert.equal(body.account, null, 'nothing of the account is shown yet');
      assert.deepEqual(body.memberships, []);
      assert.ok(body.csrf_token);
    }
    const refused = (await browser.get('/v1/account')).expect(403);
    assert.match(refused.body.type, /second-factor-required$/);
    const wrong = await browser.post('/v1/session/second-factor', { code: 'AAAA-BBBB-CCCC' });
    assert.deepEqual(wrong.expect(422).codes, { '/code': 'wrong_code' });
    const former = browser.cookies.get('guichet_session');
    const given = await browser.post('/v1/session/second-factor', { code: codes[0].toLowerCase() });
    assert.equal(given.expect(200).body.second_factor, 'passed');
    assert.notEqual(browser.cookies.get('guichet_session'), former);
    browser.csrf = given.body.csrf_token;
    (await browser.get('/v1/account')).expect(200);
    const thief = server.client();
    await thief.logIn(email, PASSWORD);
    const used = await thief.post('/v1/session/second-factor', { code: codes[0] });
    assert.deepEqual(used.expect(422).codes, { '/code': 'wrong_code' });
  });

  test('accepts_no_code_twice', async () => {
    const { client, email } = await logInAs(server);
    const { code } = await enrol(client);
    const browser = server.client();
    await browser.logIn(email, PASSWORD);
    (await browser.post('/v1/session/second-factor', { code })).expect(422);
  });

  test('replaces_recovery_codes_and_invalidates_the_former_ones', async () => {
    const { client, email } = await logInAs(server);
    const { codes } = await enrol(client);
    const fresh = await client.post('/v1/account/second-factor/recovery-codes');
    assert.equal(codes.length, 10);
    assert.equal(fresh.expect(200).body.recovery_codes.length, 10);
    const browser = server.client();
    await browser.logIn(email, PASSWORD);
    (await browser.post('/v1/session/second-factor', { code: codes[1] })).expect(422);
    const code = fresh.body.recovery_codes[0];
    (await browser.post('/v1/session/second-factor', { code })).expect(200);
  });

  test('can_be_removed', async () => {
    const { client, email } = await logInAs(server);
    await enrol(client);
    (await client.delete('/v1/account/second-factor')).expect(204);
    (await client.delete('/v1/account/second-factor')).expect(409);
    assert.equal((await server.client().logIn(email, PASSWORD)).body.second_factor, 'not_required');
  });
});
