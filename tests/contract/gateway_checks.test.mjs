// The order of the gateway's checks and its codes, by calls that fail one check each.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logDone } from '../support/barrier.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const SIREN = '130025265';
const UNIT = `v4/insee/sirene/unites_legales/${SIREN}`;
const SCOPES = [
  'unites_legales_etablissements_insee',
  'open_data_unites_legales_etablissements_insee',
];

let server;
let issuer;
let token;

before(async () => {
  server = await startServer();
  issuer = await new Issuer(server).start();
  token = await issuer.issue({ scopes: SCOPES });
});
after(() => server?.stop());

const codes = (answer) => answer.body.errors.map(({ code }) => code);
const parameters = (answer) => answer.body.errors.map(({ source }) => source?.parameter);

test('answers_a_valid_call_with_the_sample', async () => {
  const answer = (await token.get(`${UNIT}?${ASKED}`)).expect(200);
  assert.equal(answer.body.data.siren, SIREN);
  assert.deepEqual(Object.keys(answer.body), ['data', 'links', 'meta']);
  assert.match(answer.headers['x-request-id'], /^[0-9a-f-]{36}$/);
  assert.equal(answer.headers['ratelimit-limit'], '250');
});

test('refuses_a_call_without_token', async () => {
  const answer = (await token.get(`${UNIT}?${ASKED}`, { string: null })).expect(401);
  assert.deepEqual(codes(answer), ['00101']);
  assert.match(answer.headers['www-authenticate'], /^Bearer/);
  assert.equal(answer.headers['ratelimit-limit'], undefined);
});

test('refuses_a_token_in_the_query_and_never_logs_it', async () => {
  const answer = (await token.get(`${UNIT}?${ASKED}&token=${token.string}`)).expect(401);
  assert.deepEqual(codes(answer), ['00101']);
  await logDone(server, answer.headers['x-request-id']);
  assert.ok(!server.stderr.includes(token.string.slice(0, 40)));
  const recorded = await server.database.rows(
    `select * from call where params like '%token%' or request_id = '${answer.headers['x-request-id']}'`,
  );
  assert.deepEqual(recorded, []);
});

test('refuses_strings_signed_by_others', async () => {
  const [head, claims, signature] = token.string.split('.');
  const bad = [
    'x',
    'a.b.c',
    `${head}.${claims}.`,
    `${head}.${claims}.${signature.slice(0, -4)}AAAA`,
    `${head}.${claims}.${signature}=`,
    token.stringOf({}, { alg: 'none' }),
    token.stringOf({}, { alg: 'HS256' }),
    token.stringOf({}, { kid: 'k'.repeat(3000) }),
    token.stringOf({}, { jku: 'http://127.0.0.1:1/' }),
    token.stringOf({ iss: 'https://ailleurs.example' }),
    token.stringOf({ aud: 'api-particulier' }),
    token.stringOf({ jti: 'pas-un-uuid' }),
    token.stringOf({ jti: '00000000-0000-4000-8000-000000000000' }),
    new Issuer(server).sign({ jti: token.id }),
    token.string + 'x'.repeat(9000),
  ];
  for (const string of bad) {
    assert.deepEqual(codes((await token.get(`${UNIT}?${ASKED}`, { string })).expect(401)), [
      '00101',
    ]);
  }
});

test('refuses_a_token_of_another_product_before_other_checks', async () => {
  const other = await issuer.issue({ product: 'api-particulier' });
  const client = server.client();
  const answer = await client.get(`/gateway/api-entreprise/${UNIT}?${ASKED}`, {
    bearer: other.string,
  });
  assert.deepEqual(codes(answer.expect(401)), ['00101']);
  const unknown = await client.get(`/gateway/inconnu/${UNIT}?${ASKED}`, { bearer: token.string });
  assert.deepEqual(codes(unknown.expect(401)), ['00101']);
  client.close();
});

test('refuses_a_revoked_token_at_once_and_before_its_expiry', async () => {
  const revoked = await issuer.issue({ scopes: SCOPES });
  (await revoked.get(`${UNIT}?${ASKED}`)).expect(200);
  await revoked.change({ revoked_at: 'now()', expires_at: "now() - interval '1 day'" });
  await waitFor('the revocation', async () => {
    const { status } = await revoked.get(`${UNIT}?${ASKED}`);
    return status === 401;
  });
  const answer = await revoked.get(`${UNIT}?${ASKED}`);
  assert.deepEqual(codes(answer), ['00105']);
  assert.equal(answer.headers['ratelimit-limit'], undefined);
});

test('serves_a_token_until_the_date_of_its_revocation', async () => {
  const later = await issuer.issue({ scopes: SCOPES });
  await later.change({ revoked_at: "now() + interval '1 hour'" });
  (await later.get(`${UNIT}?${ASKED}`)).expect(200);
});

test('accepts_the_former_string_during_the_overlap_only', async () => {
  const rotated = await issuer.issue({ scopes: SCOPES });
  await rotated.change({
    issued_at: 'issued_at + 1',
    previous_issued_at: 'issued_at',
    previous_until: "now() + interval '1 day'",
  });
  (await rotated.get(`${UNIT}?${ASKED}`)).expect(200);
  const string = rotated.stringOf({ iat: rotated.issuedAt + 1 });
  (await rotated.get(`${UNIT}?${ASKED}`, { string })).expect(200);
  await rotated.change({ previous_until: "now() - interval '1 second'" });
  await waitFor('the end of the overlap', async () => {
    const { status } = await rotated.get(`${UNIT}?${ASKED}`);
    return status === 401;
  });
  assert.deepEqual(codes(await rotated.get(`${UNIT}?${ASKED}`)), ['00105']);
  (await rotated.get(`${UNIT}?${ASKED}`, { string })).expect(200);
});

test('refuses_other_addresses_than_the_allowed_ones', async () => {
  const elsewhere = await issuer.issue({ scopes: SCOPES, allowedIps: ['192.0.2.0/24'] });
  const answer = (await elsewhere.get(`${UNIT}?${ASKED}`)).expect(403);
  assert.deepEqual(codes(answer), ['00107']);
  assert.equal(answer.headers['ratelimit-limit'], undefined);
  const here = await issuer.issue({ scopes: SCOPES, allowedIps: ['2001:db8::/32', '127.0.0.0/8'] });
  (await here.get(`${UNIT}?${ASKED}`)).expect(200);
});

test('reads_the_client_address_from_trusted_proxies_only', async () => {
  const own = await startServer({ env: { GUICHET_TRUSTED_PROXIES: '127.0.0.1' } });
  try {
    const mine = await new Issuer(own).start();
    const bound = await mine.issue({
      scopes: SCOPES,
      allowedIps: ['2001:db8::/32', '192.0.2.7/32'],
    });
    const from = (address) =>
      bound.get(`${UNIT}?${ASKED}`, { headers: { 'X-Forwarded-For': address } });
    for (const address of [
      '2001:db8::7',
      '2001:DB8:0:0::8',
      '192.0.2.7',
      '203.0.113.9, 192.0.2.7',
    ]) {
      (await from(address)).expect(200);
    }
    // What the caller himself wrote before the proxy's own entry says nothing.
    for (const address of ['2001:db9::7', '192.0.2.8', '192.0.2.7, 203.0.113.9', 'x', '']) {
      assert.deepEqual(codes((await from(address)).expect(403)), ['00107'], address);
    }
    await waitFor('the record', async () => {
      const rows = await own.database.rows(
        `select distinct address from call where token_id = '${bound.id}' and status = 200`,
      );
      const seen = rows.map(({ address }) => address).sort();
      return seen.join() === '192.0.2.7,2001:db8::7,2001:db8::8';
    });
    const bare = await issuer.issue({ scopes: SCOPES, allowedIps: ['192.0.2.7/32'] });
    const headers = { 'X-Forwarded-For': '192.0.2.7' };
    (await bare.get(`${UNIT}?${ASKED}`, { headers })).expect(403);
  } finally {
    await own.stop();
  }
});

test('refuses_an_expired_token_by_its_row_not_by_its_claim', async () => {
  const expired = await issuer.issue({ scopes: SCOPES, expiresAt: new Date(Date.now() - 1000) });
  const answer = (await expired.get(`v9/nulle/part?${ASKED}`)).expect(401);
  assert.deepEqual(codes(answer), ['00103']);
  assert.ok(answer.headers['ratelimit-limit']);
  const prolonged = await issuer.issue({ scopes: SCOPES });
  const string = prolonged.stringOf({ exp: 1_600_000_000 });
  (await prolonged.get(`${UNIT}?${ASKED}`, { string })).expect(200);
});

test('refuses_unknown_endpoints_before_scopes', async () => {
  const bare = await issuer.issue();
  for (const path of ['v9/nulle/part', 'v4/insee/sirene/unites_legales', `${UNIT}/`, `${UNIT}/x`]) {
    const answer = (await bare.get(`${path}?${ASKED}`)).expect(404);
    assert.deepEqual(codes(answer), ['00404']);
    assert.equal(answer.headers['ratelimit-limit'], '100');
  }
});

test('names_the_scopes_that_would_be_sufficient', async () => {
  const bare = await issuer.issue({ scopes: ['bilans_bdf'] });
  const answer = (await bare.get(UNIT)).expect(403);
  assert.deepEqual(codes(answer), ['00100']);
  assert.ok(answer.body.errors[0].meta.scopes.includes('unites_legales_etablissements_insee'));
});

test('takes_rights_from_the_row_not_from_the_claim', async () => {
  const bare = await issuer.issue();
  const string = bare.stringOf({ scopes: SCOPES });
  assert.deepEqual(codes((await bare.get(`${UNIT}?${ASKED}`, { string })).expect(403)), ['00100']);
});

test('names_all_missing_parameters_at_once', async () => {
  assert.deepEqual(codes((await token.get(UNIT)).expect(422)), ['00201', '00202', '00203']);
  const blank = await token.get(`${UNIT}?context=%20&object=x&recipient=`);
  assert.deepEqual(codes(blank.expect(422)), ['00201', '00203']);
  assert.deepEqual(parameters(blank), ['context', 'recipient']);
});

test('refuses_unknown_repeated_and_long_parameters', async () => {
  const unknown = await token.get(`${UNIT}?${ASKED}&inconnu=1&context=encore`);
  assert.deepEqual(codes(unknown.expect(422)), ['00204', '00204']);
  assert.deepEqual(parameters(unknown), ['inconnu', 'context']);
  const long = await token.get(
    `${UNIT}?context=${'é'.repeat(256).replaceAll('é', '%C3%A9')}&object=a%0Ab&recipient=${SIRETS.PARIS}`,
  );
  assert.deepEqual(codes(long.expect(422)), ['00205', '00205']);
  const most = 'é'.repeat(255).replaceAll('é', '%C3%A9');
  (await token.get(`${UNIT}?context=${most}&object=x&recipient=${SIRETS.PARIS}`)).expect(200);
});

test('refuses_a_recipient_that_is_no_siret_or_is_the_called_establishment', async () => {
  const asked = (recipient) => `context=a&object=b&recipient=${recipient}`;
  assert.deepEqual(codes((await token.get(`${UNIT}?${asked('12345678901234')}`)).expect(422)), [
    '00210',
  ]);
  assert.deepEqual(codes((await token.get(`${UNIT}?${asked(`${SIREN}00013`)}`)).expect(422)), [
    '00211',
  ]);
  const path = `v4/insee/sirene/etablissements/${SIRETS.PARIS}`;
  assert.deepEqual(codes((await token.get(`${path}?${asked(SIRETS.PARIS)}`)).expect(422)), [
    '00211',
  ]);
});

test('refuses_path_parameters_by_the_code_of_their_type', async () => {
  const bad = await token.get(`v4/insee/sirene/unites_legales/130025266?${ASKED}`);
  assert.deepEqual(codes(bad.expect(422)), ['00301']);
  assert.deepEqual(parameters(bad), ['siren']);
  const siret = await token.get(`v4/insee/sirene/etablissements/13002526500014?${ASKED}`);
  assert.deepEqual(codes(siret.expect(422)), ['00302']);
});

test('accepts_every_depth_in_use_by_existing_programs', async () => {
  const caller = await issuer.issue({ scopes: ['effectifs_urssaf'] });
  const path = `v3/gip_mds/etablissements/${SIRETS.DINUM}/effectifs_mensuels/01/annee/2025?${ASKED}`;
  for (const depth of [0, 1, 12, 13]) (await caller.get(`${path}&profondeur=${depth}`)).expect(200);
  for (const depth of ['-1', '14', '01x', '']) {
    const { body } = (await caller.get(`${path}&profondeur=${depth}`)).expect(422);
    assert.deepEqual(
      body.errors.map(({ code, source }) => [code, source.parameter]),
      [['00390', 'profondeur']],
    );
  }
});

test('refuses_forbidden_bytes_in_paths', async () => {
  for (const path of [`v4/insee%2Fsirene/unites_legales/${SIREN}`, `${UNIT}%00`, `${UNIT}%0A`]) {
    assert.deepEqual(codes((await token.get(`${path}?${ASKED}`)).expect(400)), ['00400']);
  }
  const dots = await token.get(`v4/insee/sirene/unites_legales/%2e%2e/%2e%2e?${ASKED}`);
  assert.deepEqual(codes(dots.expect(404, 422)).length, 1);
});

test('refuses_methods_other_than_get', async () => {
  const client = server.client();
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const answer = await client.request(method, `/gateway/api-entreprise/${UNIT}`, undefined, {
      bearer: token.string,
    });
    assert.deepEqual(codes(answer.expect(405)), ['00405']);
    assert.match(answer.headers.allow, /GET/);
  }
  client.close();
});

test('lists_the_endpoints_of_a_token', async () => {
  const answer = (await token.get('privileges')).expect(200);
  assert.deepEqual([...answer.body.data.privileges].sort(), [...SCOPES].sort());
  assert.ok(answer.body.data.endpoints.includes('/v4/insee/sirene/unites_legales/{siren}'));
  assert.equal(answer.headers['ratelimit-limit'], '100');
  assert.deepEqual(codes((await token.get('privileges?x=1')).expect(422)), ['00204']);
});

test('keeps_the_request_id_of_the_caller', async () => {
  const id = '8f14e45f-ceea-467f-9d2e-5b8c1f1a2b3c';
  const answer = await token.get(`${UNIT}?${ASKED}`, { headers: { 'x-request-id': id } });
  assert.equal(answer.headers['x-request-id'], id);
});
