// The OpenID client against a certified provider, then against one that answers wrongly.
import assert from 'node:assert/strict';
import { createPublicKey, createPrivateKey, sign } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { PERSON, makeKey, startOidcProvider, walkThroughProvider } from '../support/oidc.mjs';
import { Outbound } from '../support/outbound.mjs';

async function startBoth(t, options = {}) {
  const provider = await startOidcProvider(options);
  t.after(() => provider.stop().catch(() => {}));
  const env = { ...provider.env, GUICHET_PUBLIC_URL: 'http://127.0.0.1:8080' };
  return { provider, outbound: new Outbound(env, t) };
}

async function logIn({ provider, outbound }) {
  const { error, login } = await outbound.ask({ do: 'oidc_start' });
  assert.equal(error, 'ok');
  const back = await walkThroughProvider(login.url, provider.issuer);
  assert.equal(back.searchParams.get('error'), null, back.href);
  assert.equal(back.searchParams.get('state'), login.state);
  return { login, code: back.searchParams.get('code') };
}

for (const alg of /** @type {const} */ (['RS256', 'ES256'])) {
  for (const userinfoAlg of /** @type {const} */ ([undefined, 'RS256', 'ES256'])) {
    test(`logs_in_with_${alg}_and_userinfo_as_${userinfoAlg ?? 'json'}`, async (t) => {
      const both = await startBoth(t, { alg, userinfoAlg });
      const { login, code } = await logIn(both);
      const { error, identity } = await both.outbound.ask({ do: 'oidc_finish', login, code });
      assert.equal(error, 'ok', both.outbound.log);
      const { sub, ...claims } = PERSON;
      const { id_token, authenticated_at_s: at, ...known } = identity;
      assert.deepEqual(known, { issuer: both.provider.issuer, subject: sub, ...claims });
      assert.ok(at <= Date.now() / 1000 && at > Date.now() / 1000 - 60, String(at));
      assert.equal(id_token.split('.').length, 3);
    });
  }
}

test('requests_reauthentication_when_required', async (t) => {
  const both = await startBoth(t);
  const { login } = await both.outbound.ask({ do: 'oidc_start', again: true });
  const { searchParams } = new URL(login.url);
  assert.equal(searchParams.get('prompt'), 'login');
  assert.equal(searchParams.get('max_age'), '0');
  const finish = async () => {
    const code = (await walkThroughProvider(login.url, both.provider.issuer)).searchParams.get(
      'code',
    );
    return (await both.outbound.ask({ do: 'oidc_finish', login, code })).error;
  };
  assert.equal(await finish(), 'ok');
  both.provider.logins.askedAgoS = 3600;
  assert.equal(await finish(), 'recent-login-required');
});

test('refuses_a_code_twice_and_a_code_of_another_log_in', async (t) => {
  const both = await startBoth(t);
  const first = await logIn(both);
  const second = await logIn(both);
  const finish = (login, code) => both.outbound.ask({ do: 'oidc_finish', login, code });
  assert.equal((await finish(second.login, first.code)).error, 'bad-credentials');
  assert.equal((await finish(second.login, second.code)).error, 'ok');
  assert.equal((await finish(second.login, second.code)).error, 'bad-credentials');
  assert.equal((await finish(first.login, 'x'.repeat(5000))).error, 'bad-credentials');
  assert.match(both.outbound.log, /oidc_failed/);
});

test('reads_discovery_once_and_refetches_keys_for_an_unknown_kid', async (t) => {
  const both = await startBoth(t);
  const finish = async () => {
    const { login, code } = await logIn(both);
    return (await both.outbound.ask({ do: 'oidc_finish', login, code })).error;
  };
  assert.equal(await finish(), 'ok');
  assert.equal(await finish(), 'ok');
  const count = (path) => both.provider.requests.filter((line) => line === `GET ${path}`).length;
  assert.equal(count('/.well-known/openid-configuration'), 1);
  assert.equal(count('/jwks'), 1);
  both.provider.rotateKeys();
  assert.equal(await finish(), 'ok');
  assert.equal(count('/jwks'), 2);
});

test('reports_unavailable_while_the_provider_is_down_and_recovers', async (t) => {
  const both = await startBoth(t);
  await both.provider.stop();
  assert.equal((await both.outbound.ask({ do: 'oidc_start' })).error, 'unavailable');
  await both.provider.start();
  const { login, code } = await logIn(both);
  await both.provider.stop();
  const command = { do: 'oidc_finish', login, code };
  assert.equal((await both.outbound.ask(command)).error, 'unavailable');
  await both.provider.start();
  assert.equal((await both.outbound.ask(command)).error, 'ok');
});

test('logs_out_at_the_provider_too', async (t) => {
  const both = await startBoth(t);
  const { login, code } = await logIn(both);
  const { identity } = await both.outbound.ask({ do: 'oidc_finish', login, code });
  const { url } = await both.outbound.ask({
    do: 'oidc_logout',
    id_token: identity.id_token,
    return_url: 'http://127.0.0.1:8080/',
  });
  const answer = await fetch(url, { redirect: 'manual' });
  assert.ok(answer.status < 400, await answer.text());
  assert.ok(url.startsWith(`${both.provider.issuer}/session/end?id_token_hint=`));
});

test('refuses_invalid_settings', async () => {
  for (const env of [
    { GUICHET_OIDC_ISSUER: 'http://provider.example' },
    { GUICHET_OIDC_ISSUER: 'http://127.0.0.1.example' },
    { GUICHET_OIDC_ISSUER: 'ftp://provider.example' },
    { GUICHET_OIDC_ISSUER: 'https://provider.example', GUICHET_OIDC_CLIENT_ID: '' },
  ]) {
    const outbound = new Outbound({ GUICHET_OIDC_CLIENT_ID: 'guichet', ...env });
    assert.equal(await outbound.close(), 2, JSON.stringify(env));
    assert.match(outbound.log, /GUICHET_OIDC/);
  }
});

// --- A provider that can be told to lie -------------------------------------

const KEY = makeKey('RS256', 'k');
const OTHER = makeKey('RS256', 'k');
const EC = makeKey('ES256', 'e');
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function makeToken(claims, { key = KEY, header = {} } = {}) {
  const text = `${encode({ alg: key.alg, kid: key.kid, ...header })}.${encode(claims)}`;
  const privateKey = createPrivateKey({ key, format: 'jwk' });
  const signature = sign('sha256', Buffer.from(text), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${text}.${signature.toString('base64url')}`;
}

const publicJwk = (key) => ({
  ...createPublicKey({ key, format: 'jwk' }).export({ format: 'jwk' }),
  kid: key.kid,
  alg: key.alg,
});

/** `lie` may replace what each endpoint says. */
async function startLiar(t, lie) {
  let issuer = '';
  const claims = () => {
    const now = Math.floor(Date.now() / 1000);
    return { iss: issuer, sub: 'p', aud: 'guichet', exp: now + 300, iat: now, nonce: lie.nonce };
  };
  const pages = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      ...lie.discovery,
    }),
    '/auth': () => ({}),
    '/jwks': () => lie.jwks ?? { keys: [publicJwk(KEY), publicJwk(EC)] },
    '/token': () => ({
      token_type: 'Bearer',
      access_token: 'a',
      id_token: lie.idToken?.(claims()) ?? makeToken(claims()),
      ...lie.token,
    }),
    '/userinfo': () => lie.userinfo ?? { sub: 'p', email: 'a@b.fr', email_verified: true },
  };
  const server = http.createServer((req, res) => {
    const page = pages[req.url ?? '']();
    const isText = typeof page === 'string';
    res.writeHead(lie.status?.[req.url] ?? 200, {
      'Content-Type': isText ? (lie.type ?? 'application/jwt') : 'application/json; charset=utf-8',
    });
    res.end(isText ? page : JSON.stringify(page));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const env = { GUICHET_OIDC_ISSUER: issuer, GUICHET_OIDC_CLIENT_ID: 'guichet' };
  return { issuer, outbound: new Outbound(env, t) };
}

async function finishAt(t, lie) {
  const { outbound } = await startLiar(t, lie);
  const started = await outbound.ask({ do: 'oidc_start' });
  if (started.error !== 'ok') return started;
  lie.nonce = started.login.nonce;
  return outbound.ask({ do: 'oidc_finish', login: started.login, code: 'c' });
}

test('accepts_a_valid_id_token', async (t) => {
  const { error, identity } = await finishAt(t, {});
  assert.equal(error, 'ok');
  assert.deepEqual(
    [identity.email, identity.email_verified, identity.siret],
    ['a@b.fr', true, null],
  );
  for (const lie of [
    { idToken: (claims) => makeToken(claims, { key: EC }) },
    { idToken: (claims) => makeToken({ ...claims, aud: ['guichet'] }) },
    { idToken: (claims) => makeToken({ ...claims, aud: ['guichet', 'x'], azp: 'guichet' }) },
    { userinfo: makeToken({ sub: 'p', email: 'a@b.fr' }) },
  ]) {
    assert.equal((await finishAt(t, lie)).error, 'ok');
  }
});

test('trusts_an_address_only_if_the_provider_verified_it', async (t) => {
  for (const userinfo of [
    { sub: 'p', email: 'a@b.fr' },
    { sub: 'p', email: 'a@b.fr', email_verified: false },
    { sub: 'p', email: 'a@b.fr', email_verified: 'true' },
    { sub: 'p', email: 'a@b.fr', email_verified: 1 },
  ]) {
    const { identity } = await finishAt(t, { userinfo });
    assert.equal(identity.email_verified, false);
  }
  // The ID token vouches for its own address, not for the one of userinfo.
  const idToken = (claims) => makeToken({ ...claims, email: 'x@y.fr', email_verified: true });
  const { identity } = await finishAt(t, { idToken, userinfo: { sub: 'p', email: 'a@b.fr' } });
  assert.deepEqual([identity.email, identity.email_verified], ['a@b.fr', false]);
});

const LIES = {
  another_issuer: { idToken: (claims) => makeToken({ ...claims, iss: 'https://evil.example' }) },
  another_audience: { idToken: (claims) => makeToken({ ...claims, aud: 'other' }) },
  several_audiences_without_party: {
    idToken: (claims) => makeToken({ ...claims, aud: ['guichet', 'other'] }),
  },
  another_party: { idToken: (claims) => makeToken({ ...claims, azp: 'other' }) },
  expired: { idToken: (claims) => makeToken({ ...claims, exp: claims.iat - 600 }) },
  expiry_as_text: { idToken: (claims) => makeToken({ ...claims, exp: String(claims.exp) }) },
  no_expiry: { idToken: ({ exp, ...claims }) => makeToken({ ...claims, was: exp }) },
  proved_in_the_future: {
    idToken: (claims) => makeToken({ ...claims, auth_time: claims.iat + 3600 }),
  },
  from_the_future: { idToken: (claims) => makeToken({ ...claims, iat: claims.iat + 3600 }) },
  another_nonce: { idToken: (claims) => makeToken({ ...claims, nonce: 'other' }) },
  no_nonce: { idToken: ({ nonce, ...claims }) => makeToken({ ...claims, was: nonce }) },
  nobody: { idToken: (claims) => makeToken({ ...claims, sub: '' }) },
  another_key: { idToken: (claims) => makeToken(claims, { key: OTHER }) },
  unknown_key: { idToken: (claims) => makeToken(claims, { header: { kid: 'unknown' } }) },
  algorithm_none: {
    idToken: (claims) => `${encode({ alg: 'none', kid: 'k' })}.${encode(claims)}.`,
  },
  algorithm_of_a_shared_secret: {
    idToken: (claims) => makeToken(claims, { header: { alg: 'HS256' } }),
  },
  token_that_is_none: { idToken: () => 'x' },
  no_id_token: { token: { id_token: null } },
  no_access_token: { token: { access_token: null } },
  another_token_type: { token: { token_type: 'MAC' } },
  code_refused: { status: { '/token': 400 } },
  userinfo_refused: { status: { '/userinfo': 403 } },
  userinfo_about_somebody_else: { userinfo: { sub: 'q', email: 'a@b.fr' } },
  userinfo_about_nobody: { userinfo: { email: 'a@b.fr' } },
  userinfo_that_is_no_json: { userinfo: '<html>', type: 'text/html' },
  userinfo_signed_by_another: { userinfo: makeToken({ sub: 'p' }, { key: OTHER }) },
  userinfo_for_another: { userinfo: makeToken({ sub: 'p', aud: 'other' }) },
  keys_of_no_use: { jwks: { keys: [{ kty: 'oct', k: 'AAAA', kid: 'k' }, 1, null] } },
};

for (const [name, lie] of Object.entries(LIES)) {
  test(`refuses_${name}`, async (t) => {
    assert.equal((await finishAt(t, { ...lie })).error, 'bad-credentials');
  });
}

test('does_not_start_without_a_sound_discovery_document', async (t) => {
  for (const lie of [
    { discovery: { issuer: 'https://evil.example' } },
    { discovery: { token_endpoint: null } },
    { discovery: { jwks_uri: 'file:///etc/passwd' } },
    { status: { '/.well-known/openid-configuration': 404 } },
    { status: { '/.well-known/openid-configuration': 500 } },
    { status: { '/auth': 502 } },
  ]) {
    assert.equal((await finishAt(t, lie)).error, 'unavailable');
  }
});
