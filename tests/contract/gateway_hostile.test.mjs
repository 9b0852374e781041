// What an attacker sends to the gateway, each refused by its code. The provider hears of none of it.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { logDone } from '../support/barrier.mjs';
import { Provider, providersFile } from '../support/provider.mjs';
import { exchange, request } from '../support/raw.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, DAY_S, Issuer } from '../support/tokens.mjs';

const SIREN = '130025265';
const UNIT = `v4/insee/sirene/unites_legales/${SIREN}`;
const SCOPES = ['unites_legales_etablissements_insee'];
const MINUTES_5_S = 300;

let provider;
let providers;
let server;
let issuer;
let token;
let recorded = 0;

before(async () => {
  provider = await new Provider().start();
  providers = await providersFile({ insee: { base_url: provider.url } });
  server = await startServer({ env: { GUICHET_PROVIDERS_FILE: providers.file } });
  issuer = await new Issuer(server).start();
  token = await issuer.issue({ scopes: SCOPES });
});
afterEach(() => {
  assert.equal(provider.asked.length, recorded, 'the provider was asked');
});
after(async () => {
  await server?.stop();
  await provider?.stop();
  await providers?.remove();
});

const base64url = (value) => Buffer.from(value).toString('base64url');
const codes = (answer) => answer.body.errors.map(({ code }) => code);
const parameters = (answer) => answer.body.errors.map(({ source }) => source?.parameter);

/** Bytes that no client would send: the status, and the codes where the body has some. */
async function send(target, headers = { Authorization: `Bearer ${token.string}` }) {
  const { status, body, text } = await exchange(server.url, request('GET', target, headers));
  const said = body.startsWith('{') ? JSON.parse(body) : {};
  const requestId = /^x-request-id: (\S+)/im.exec(text)?.[1];
  return { status, text, requestId, codes: (said.errors ?? []).map(({ code }) => code) };
}

test('forwards_a_valid_call_to_the_provider', async () => {
  (await token.get(`${UNIT}?${ASKED}`)).expect(200);
  assert.equal(provider.asked.length, ++recorded);
});

const claimsOf = (string) => Buffer.from(string.split('.')[1], 'base64url').toString();

const FORGED = {
  an_hmac_of_the_public_key: () => {
    const data = `${base64url(JSON.stringify({ alg: 'HS256', kid: issuer.kid }))}.${token.string.split('.')[1]}`;
    return `${data}.${createHmac('sha256', issuer.publicPem).update(data).digest('base64url')}`;
  },
  an_hmac_of_an_empty_key: () => {
    const data = `${base64url(JSON.stringify({ alg: 'HS256', kid: issuer.kid }))}.${token.string.split('.')[1]}`;
    return `${data}.${createHmac('sha256', '').update(data).digest('base64url')}`;
  },
  no_algorithm: () => `${base64url('{"alg":"none"}')}.${token.string.split('.')[1]}.`,
  no_algorithm_beside_our_key: () => token.stringOf({}, { alg: 'none' }),
  an_algorithm_in_other_letters: () => token.stringOf({}, { alg: 'es256' }),
  another_curve: () => token.stringOf({}, { alg: 'ES384' }),
  no_kid: () => token.stringOf({}, { kid: undefined }),
  an_empty_kid: () => token.stringOf({}, { kid: '' }),
  a_kid_of_10_kilobytes: () => token.stringOf({}, { kid: 'k'.repeat(10_000) }),
  a_kid_that_is_a_path: () => token.stringOf({}, { kid: '../../../../dev/null' }),
  a_kid_that_is_sql: () => token.stringOf({}, { kid: `' or '1'='1` }),
  a_kid_that_is_a_list: () => token.stringOf({}, { kid: [issuer.kid] }),
  a_key_of_its_own: () => token.stringOf({}, { jwk: issuer.jwk }),
  an_address_of_keys: () => token.stringOf({}, { jku: `${provider.url}/jwks.json` }),
  an_address_of_a_certificate: () => token.stringOf({}, { x5u: provider.url }),
  something_critical: () => token.stringOf({}, { crit: ['exp'] }),
  another_key_under_our_kid: () => {
    const other = new Issuer(server);
    other.kid = issuer.kid;
    return other.sign(JSON.parse(claimsOf(token.string)));
  },
  other_claims_under_our_signature: () => {
    const [head, , signature] = token.string.split('.');
    return `${head}.${base64url(JSON.stringify({ ...JSON.parse(claimsOf(token.string)), siret: SIRETS.PARIS }))}.${signature}`;
  },
  a_text_for_exp: () => token.stringOf({ exp: String(token.expiresAt) }),
  no_exp: () => token.stringOf({ exp: undefined }),
  a_negative_nbf: () => token.stringOf({ nbf: -1 }),
  a_number_that_is_no_integer: () => token.stringOf({ iat: token.issuedAt + 0.5 }),
  a_claim_twice: () => issuer.signText(claimsOf(token.string).replace('{', '{"jti":"x",')),
  claims_of_great_depth: () => issuer.signText(`{"a":${'['.repeat(900)}${']'.repeat(900)}}`),
  claims_that_are_a_list: () => issuer.signText('[]'),
  claims_that_are_no_json: () => issuer.signText('x'),
  another_issuer: () => token.stringOf({ iss: 'https://ailleurs.example' }),
  several_audiences: () => token.stringOf({ aud: ['api-entreprise', 'api-particulier'] }),
  an_iat_that_no_string_of_it_has: () => token.stringOf({ iat: token.issuedAt - DAY_S }),
  exclamation_marks_in_the_signature: () => `${token.string.slice(0, -2)}!!`,
  padding: () => `${token.string}==`,
  a_star: () => `${token.string.slice(0, -1)}*`,
  a_further_segment: () => `${token.string}.x`,
  a_missing_segment: () => token.string.slice(0, token.string.lastIndexOf('.')),
  an_empty_segment: () => token.string.replace('.', '..'),
  two_strings_with_a_comma: () => `${token.string},${token.string}`,
  two_strings_with_a_blank: () => `${token.string} ${token.string}`,
  quotes: () => `"${token.string}"`,
  nothing: () => '',
  twenty_kilobytes: () => `${token.string}${'x'.repeat(20_000)}`,
};

for (const [name, make] of Object.entries(FORGED)) {
  test(`refuses_a_token_with_${name}`, async () => {
    const answer = (await token.get(`${UNIT}?${ASKED}`, { string: make() })).expect(401);
    assert.deepEqual(codes(answer), name.startsWith('an_iat') ? ['00105'] : ['00101']);
    // Nor does it spoil what is remembered of the good one.
    (await token.get('privileges')).expect(200);
  });
}

test('refuses_a_token_of_megabytes_before_it_is_read', async () => {
  const answer = await send(`/gateway/api-entreprise/${UNIT}?${ASKED}`, {
    Authorization: `Bearer ${'x'.repeat(9 << 20)}`,
  });
  assert.ok([0, 431].includes(answer.status), answer.text.slice(0, 200));
  (await token.get('privileges')).expect(200);
});

const CREDENTIALS = {
  another_scheme: () => `Token ${token.string}`,
  the_string_alone: () => token.string,
  basic: () => `Basic ${Buffer.from(`x:${token.string}`).toString('base64')}`,
  the_scheme_twice: () => `Bearer Bearer ${token.string}`,
};

for (const [name, make] of Object.entries(CREDENTIALS)) {
  test(`refuses_credentials_by_${name}`, async () => {
    const headers = { authorization: make() };
    const answer = await token.get(`${UNIT}?${ASKED}`, { string: null, headers });
    assert.deepEqual(codes(answer.expect(401)), ['00101']);
  });
}

test('refuses_two_tokens', async () => {
  const other = await issuer.issue({ scopes: SCOPES });
  const line = (string) => `Authorization: Bearer ${string}\r\n`;
  for (const second of [token.string, other.string, 'x']) {
    const answer = await exchange(
      server.url,
      `GET /gateway/api-entreprise/${UNIT}?${ASKED} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n` +
        `${line(token.string)}${line(second)}\r\n`,
    );
    assert.equal(answer.status, 400, answer.text);
  }
  const both = await token.get(`${UNIT}?${ASKED}&access_token=${other.string}`);
  assert.deepEqual(codes(both.expect(401)), ['00101']);
});

test('reads_the_token_from_the_header_alone_and_stores_none', async () => {
  const query = (name) => `/gateway/api-entreprise/${UNIT}?${ASKED}&${name}=${token.string}`;
  const asked = [];
  const places = ['token', 'TOKEN', 'access_token', 'jwt', 'jeton', 'api_key', 'cle', 't%6Fken'];
  for (const name of places) {
    for (const headers of [{}, { Authorization: `Bearer ${token.string}` }]) {
      const answer = await send(query(name), headers);
      assert.deepEqual([answer.status, answer.codes], [401, ['00101']], name);
      asked.push(answer.requestId);
    }
  }
  for (const name of ['context', 'object', 'recipient']) {
    const query = ASKED.replace(new RegExp(`${name}=[^&]*`), `${name}=${token.string}`);
    const answer = (await token.get(`${UNIT}?${query}`)).expect(401);
    assert.deepEqual(codes(answer), ['00101'], name);
    asked.push(answer.headers['x-request-id']);
  }
  const cookie = { Cookie: `token=${token.string}; access_token=${token.string}` };
  const answer = await send(`/gateway/api-entreprise/${UNIT}?${ASKED}`, cookie);
  assert.equal(answer.status, 401);
  for (const id of [...asked, answer.requestId]) await logDone(server, id);
  const start = token.string.slice(0, 30);
  assert.ok(!server.stderr.includes(start));
  const rows = await server.database.rows(
    `select context from call where concat(params, context, object, recipient) like '%${start}%'`,
  );
  assert.deepEqual(rows, []);
});

test('tolerates_clocks_that_are_five_minutes_off', async () => {
  for (const off of [MINUTES_5_S, -MINUTES_5_S]) {
    const made = await issuer.issue({ scopes: SCOPES });
    made.issuedAt += off;
    await made.change({ issued_at: String(made.issuedAt) });
    // Signed where it is five minutes later, or earlier, than here.
    const string = made.stringOf();
    (await made.get(`${UNIT}?${ASKED}`, { string })).expect(200);
    recorded++;
  }
});

test('expires_to_the_second_by_its_own_clock_and_the_row', async () => {
  const over = await issuer.issue({ scopes: SCOPES, expiresAt: new Date(Date.now() - 1000) });
  const claimsLonger = over.stringOf({ exp: over.expiresAt + MINUTES_5_S });
  for (const string of [over.string, claimsLonger]) {
    assert.deepEqual(codes((await over.get(`${UNIT}?${ASKED}`, { string })).expect(401)), [
      '00103',
    ]);
  }
});

const PATHS = {
  an_encoded_slash: [`v4%2Finsee/sirene/unites_legales/${SIREN}`, 400, '00400'],
  an_encoded_slash_in_the_value: [`${UNIT}%2F..%2F..`, 400, '00400'],
  a_nul: [`${UNIT}%00`, 400, '00400'],
  a_nul_in_the_middle: [`v4/insee/sirene/unites_legales/1300%0025265`, 400, '00400'],
  a_line_break: [`${UNIT}%0d%0aX-Injected:%201`, 400, '00400'],
  a_tabulator: [`${UNIT}%09`, 400, '00400'],
  overlong_utf8: [`${UNIT}%c0%af`, 400, '00400'],
  a_lone_byte: [`${UNIT}%ff`, 400, '00400'],
  a_broken_escape: [`${UNIT}%zz`, 400, '00400'],
  a_half_escape: [`${UNIT}%`, 400, '00400'],
  a_backslash: [`v4\\insee\\sirene\\unites_legales\\${SIREN}`, 400, '00400'],
  dots: [`v4/insee/sirene/unites_legales/../unites_legales/${SIREN}`, 404, '00404'],
  dots_as_the_value: ['v4/insee/sirene/unites_legales/..', 422, '00301'],
  encoded_dots_as_the_value: ['v4/insee/sirene/unites_legales/%2e%2e', 422, '00301'],
  twice_encoded_dots: ['v4/insee/sirene/unites_legales/%252e%252e', 422, '00301'],
  a_twice_encoded_slash: [`${UNIT}%252f`, 422, '00301'],
  a_blank_at_the_end: [`${UNIT}%20`, 422, '00301'],
  a_question_mark: [`${UNIT}%3fcontext=x`, 422, '00301'],
  a_semicolon: [`${UNIT};a=b`, 422, '00301'],
  full_width_digits: [
    `v4/insee/sirene/unites_legales/${encodeURIComponent('１３００２５２６５')}`,
    422,
    '00301',
  ],
  an_empty_value: ['v4/insee/sirene/unites_legales/', 404, '00404'],
  empty_segments: [`v4//insee/sirene/unites_legales/${SIREN}`, 404, '00404'],
  a_value_of_10_kilobytes: [`v4/insee/sirene/unites_legales/${'1'.repeat(10_000)}`, 422, '00301'],
  many_segments: ['a/'.repeat(500), 404, '00404'],
  other_letters: [`V4/INSEE/sirene/unites_legales/${SIREN}`, 404, '00404'],
};

for (const [name, [path, status, code]] of Object.entries(PATHS)) {
  test(`answers_${code}_to_a_path_with_${name}`, async () => {
    const answer = await send(`/gateway/api-entreprise/${path}?${ASKED}`);
    assert.deepEqual([answer.status, answer.codes], [status, [code]], answer.text.slice(0, 500));
    assert.doesNotMatch(answer.text, /^X-Injected/m);
  });
}

test('refuses_a_target_that_names_another_host', async () => {
  const answer = await send(`${provider.url}/gateway/api-entreprise/${UNIT}?${ASKED}`);
  assert.ok([400, 404].includes(answer.status), answer.text);
});

const LONG = 'a'.repeat(10_000);
const without = (name) => ASKED.replace(new RegExp(`&?${name}=[^&]*`), '').replace(/^&/, '');
const instead = (name, value) => `${without(name)}&${name}=${value}`;
const COMMON = { context: '00201', object: '00202', recipient: '00203' };

for (const [name, missing] of Object.entries(COMMON)) {
  const badText = name === 'recipient' ? '00210' : '00205';
  const cases = {
    missing: [without(name), [missing]],
    empty: [instead(name, ''), [missing]],
    blank: [instead(name, '%20%09+'), [missing]],
    without_equals_sign: [`${without(name)}&${name}`, [missing]],
    twice: [`${ASKED}&${name}=x`, ['00204']],
    in_other_letters: [`${without(name)}&${name.toUpperCase()}=x`, [missing, '00204']],
    as_a_list: [`${without(name)}&${name}%5B%5D=x`, [missing, '00204']],
    of_10_kilobytes: [instead(name, LONG), [badText]],
    with_a_line_break: [instead(name, 'a%0D%0ASet-Cookie:%20b'), [badText]],
  };
  for (const [what, [query, expected]] of Object.entries(cases)) {
    test(`refuses_${name}_${what}`, async () => {
      const answer = (await token.get(`${UNIT}?${query}`)).expect(422);
      assert.deepEqual(codes(answer).sort(), expected.sort());
      assert.equal(answer.headers['set-cookie'], undefined);
      assert.ok(parameters(answer).every((at) => at.toLowerCase().startsWith(name)));
    });
  }
  for (const [what, value] of Object.entries({
    a_nul: 'a%00b',
    bad_utf8: '%c0%af',
    a_bell: 'a%07',
  })) {
    test(`refuses_${name}_with_${what}`, async () => {
      const answer = (await token.get(`${UNIT}?${instead(name, value)}`)).expect(400);
      assert.deepEqual(codes(answer), ['00400']);
    });
  }
}

test('refuses_too_many_parameters', async () => {
  const crowd = Array.from({ length: 300 }, (_, i) => `p${i}=1`).join('&');
  assert.deepEqual(codes((await token.get(`${UNIT}?${ASKED}&${crowd}`)).expect(400)), ['00400']);
});
