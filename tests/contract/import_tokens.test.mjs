// Strings of a former system: `guichet import-tokens`, and what the gateway, introspection and the token's page make of
// them.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD } from '../support/accounts.mjs';
import { FORMER_SECRET, formerString } from '../support/former_system.mjs';
import { basic, createProgram } from '../support/programs.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const PATH = `v3/dgfip/etablissements/13002526500013/chiffres_affaires?${ASKED}`;
const SCOPES = ['chiffre_affaires_dgfip'];
const SYSTEM = 'Tableau de bord API Entreprise';
const UNTIL = new Date(Date.now() + 90 * 86_400_000).toISOString();

let server;
let issuer;
let owner;
before(async () => {
  server = await startServer();
  issuer = await new Issuer(server).start();
  owner = await issuer.applicant({ siret: SIRETS.CLAMART });
});
after(() => server.stop());

async function file(text) {
  const path = join(server.dataDir, randomUUID());
  await writeFile(path, text);
  return path;
}

async function importTokens(ids, options = {}) {
  const { system = SYSTEM, secret = `${FORMER_SECRET}\n`, until = UNTIL, more = [] } = options;
  const path = await file(['token_id', ...ids].map((line) => `${line}\r\n`).join(''));
  return runProgram(
    [
      'import-tokens',
      `--system=${system}`,
      ...(secret ? [`--secret-file=${await file(secret)}`] : []),
      ...(until ? [`--until=${until}`] : []),
      ...more,
      path,
    ],
    { env: server.env },
  );
}

const issue = (options = {}) => issuer.issue({ scopes: SCOPES, applicantId: owner.id, ...options });

/** A token whose former string is accepted by the running program. */
async function listed(options = {}) {
  const token = await issue(options);
  const { code, stdout, stderr } = await importTokens([token.id], options);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /^1 tokens changed, 0 already so, 0 rows refused$/m);
  const string = formerString(token.id, options);
  await waitFor('the former string', async () => {
    const { status } = await token.get('privileges', { string });
    return status === 200;
  });
  return { token, string };
}

async function refused(token, string, code) {
  const { status, body } = await token.get(PATH, { string });
  assert.deepEqual([status, body.errors[0].code], [401, code]);
}

async function page(token) {
  const client = server.client();
  await client.logIn(owner.email, PASSWORD);
  return (await client.get(`/v1/tokens/${token.id}`)).expect(200).body;
}

test('a_listed_token_is_called_with_its_former_string_and_with_its_own', async () => {
  const { token, string } = await listed();
  (await token.get(PATH, { string })).expect(200);
  (await token.get(PATH)).expect(200);
  const upper = formerString(token.id, { claims: { jti: token.id.toUpperCase() } });
  (await token.get(PATH, { string: upper })).expect(200);
});

test('the_row_decides_on_scopes_and_expiry_of_a_former_string', async () => {
  const { token, string } = await listed({ scopes: [] });
  (await token.get(PATH, { string })).expect(403);
  await token.change({ expires_at: "now() - interval '1 second'" });
  await waitFor('the expiry', async () => (await token.get(PATH, { string })).status === 401);
  await refused(token, string, '00103');
});

test('refuses_the_string_of_a_token_that_was_not_listed', async () => {
  await listed();
  const token = await issue();
  await refused(token, formerString(token.id), '00101');
  await refused(token, formerString(randomUUID()), '00101');
});

test('refuses_a_listed_id_with_a_wrong_signature', async () => {
  const { token, string } = await listed();
  await refused(token, formerString(token.id, { secret: `${FORMER_SECRET}x` }), '00101');
  await refused(token, `${string.slice(0, -3)}AAA`, '00101');
  await refused(token, string.slice(0, -1), '00101');
  (await token.get(PATH, { string })).expect(200);
});

test('no_other_algorithm_and_no_public_key_makes_a_former_string', async () => {
  const { token } = await listed();
  const { body } = (await server.client().get('/.well-known/jwks.json')).expect(200);
  const attacks = [
    formerString(token.id, { header: { alg: 'none' } }),
    formerString(token.id, { header: { alg: 'HS384' } }),
    formerString(token.id, { header: { alg: 'ES256', kid: issuer.kid } }),
    formerString(token.id, { header: { alg: 'HS256', kid: issuer.kid } }),
    formerString(token.id, { secret: issuer.publicPem }),
    formerString(token.id, { secret: JSON.stringify(body.keys[0]) }),
    token.stringOf({}, { alg: 'HS256' }),
  ];
  for (const string of attacks) await refused(token, string, '00101');
});

test('compares_issuer_and_audience_of_a_former_string', async () => {
  const { token } = await listed();
  await refused(token, formerString(token.id, { claims: { iss: server.url } }), '00101');
  await refused(token, formerString(token.id, { claims: { aud: 'other' } }), '00101');
  (
    await token.get(PATH, { string: formerString(token.id, { claims: { aud: token.product } }) })
  ).expect(200);
  const named = await listed({
    system: 'Émetteur',
    more: ['--issuer=https://ancien.example'],
    claims: { iss: 'https://ancien.example' },
  });
  (await named.token.get(PATH, { string: named.string })).expect(200);
  await refused(named.token, formerString(named.token.id), '00101');
});

test('a_string_of_one_former_system_is_none_of_another', async () => {
  const secret = `other-${FORMER_SECRET}`;
  const { token } = await listed({ system: 'Autre système', secret });
  await refused(token, formerString(token.id), '00101');
  const { code, stdout } = await importTokens([token.id]);
  assert.equal(code, 1);
  assert.match(stdout, /line 2, token_id: .*autre ancien système/);
});

test('is_refused_after_the_date_and_says_what_to_do', async () => {
  const { token, string } = await listed();
  await token.change({ former_until: "now() - interval '1 second'" });
  await waitFor('the end', async () => (await token.get(PATH, { string })).status === 401);
  await refused(token, string, '00105');
  (await token.get(PATH)).expect(200);
  const shown = await page(token);
  assert.equal(shown.former_system.is_good, false);
});

test('ends_now_where_it_is_told_so', async () => {
  const { token, string } = await listed();
  const { code, stdout } = await importTokens([token.id], {
    until: '',
    secret: '',
    more: ['--end'],
  });
  assert.equal(code, 0, stdout);
  await waitFor('the end', async () => (await token.get(PATH, { string })).status === 401);
  await refused(token, string, '00105');
});

test('dies_with_the_token', async () => {
  const { token, string } = await listed();
  const client = server.client();
  await client.logIn(owner.email, PASSWORD);
  (await client.post(`/v1/tokens/${token.id}/revocation`, { reason: 'Fin.' })).expect(200);
  await waitFor('the revocation', async () => (await token.get(PATH, { string })).status === 401);
  await refused(token, string, '00105');
  const { stdout } = await importTokens([token.id]);
  assert.match(stdout, /line 2, token_id: .*révoqué/);
});

test('a_rotation_ends_it_no_later_than_the_string_that_it_replaces', async () => {
  const { token, string } = await listed();
  const client = server.client();
  await client.logIn(owner.email, PASSWORD);
  (await client.post(`/v1/tokens/${token.id}/rotation`, { overlap_days: 3 })).expect(200);
  const kept = await page(token);
  assert.equal(kept.former_system.good_until, kept.rotation.good_until);
  (await token.get(PATH, { string })).expect(200);
  (await client.post(`/v1/tokens/${token.id}/rotation`, { overlap_days: 0 })).expect(200);
  await waitFor('the rotation', async () => (await token.get(PATH, { string })).status === 401);
  await refused(token, string, '00105');
});

test('counts_the_calls_and_shows_them_on_the_token', async () => {
  const { token, string } = await listed();
  const before = (await page(token)).former_system;
  assert.deepEqual([before.name, before.good_until], [SYSTEM, UNTIL.replace(/\.\d+Z$/, '.000Z')]);
  for (let i = 0; i < 3; i++) (await token.get(PATH, { string })).expect(200);
  (await token.get(PATH)).expect(200);
  const counted = await waitFor('the count', async () => {
    const { former_system: former } = await page(token);
    return former.calls >= 4 && former; // with the call of listed()
  });
  assert.equal(counted.calls, 4);
  assert.equal(counted.is_good, true);
  assert.ok(Date.parse(counted.last_called_at) > Date.now() - 60_000);
  const other = await page(await issue());
  assert.equal(other.former_system, null);
});

test('appears_in_the_usage_of_the_token', async () => {
  const { token, string } = await listed();
  (await token.get(PATH, { string })).expect(200);
  const client = server.client();
  await client.logIn(owner.email, PASSWORD);
  const calls = await waitFor('the call', async () => {
    const { body } = (await client.get(`/v1/tokens/${token.id}/calls`)).expect(200);
    return body.items.some((call) => call.endpoint.includes('chiffres_affaires')) && body.items;
  });
  assert.ok(calls.every((call) => call.status === 200));
});

test('introspection_knows_it_until_its_date_and_rfc_7009_revokes_it', async () => {
  const { token, string } = await listed();
  const client = server.client();
  await client.logIn(owner.email, PASSWORD);
  const program = await createProgram(
    { client },
    { name: 'Passerelle', siret: SIRETS.CLAMART, scopes: ['tokens:read', 'tokens:write'] },
  );
  const ask = (path, token) =>
    server.client().post(path, new URLSearchParams({ token }), basic(program));
  const good = (await ask('/v1/oauth/introspect', string)).expect(200).body;
  assert.equal(good.active, true);
  assert.deepEqual([good.jti, good.aud, good.iat], [token.id, token.product, 7]);
  assert.deepEqual(good.scopes, SCOPES);
  assert.equal(good.exp, Math.floor(Date.parse(UNTIL) / 1000));
  assert.equal('iss' in good, false);
  const forged = formerString(token.id, { secret: `${FORMER_SECRET}x` });
  assert.deepEqual((await ask('/v1/oauth/introspect', forged)).expect(200).body, {
    active: false,
  });
  (await ask('/v1/oauth/revoke', string)).expect(200);
  assert.equal((await ask('/v1/oauth/introspect', string)).body.active, false);
  await waitFor('the revocation', async () => (await token.get(PATH, { string })).status === 401);
});

test('changes_nothing_in_a_dry_run_and_nothing_when_repeated', async () => {
  const token = await issue();
  const dry = await importTokens([token.id], {
    system: 'Essai',
    secret: `dry-${FORMER_SECRET}`,
    more: ['--dry-run'],
  });
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /dry run, nothing was changed: 1 tokens changed/);
  assert.deepEqual(
    await server.database.sql("select 1 from former_system where name = 'Essai'"),
    [],
  );
  assert.equal((await page(token)).former_system, null);
  await importTokens([token.id]);
  const version = (await page(token)).version;
  const again = await importTokens([token.id]);
  assert.match(again.stdout, /0 tokens changed, 1 already so/);
  assert.equal((await page(token)).version, version);
});

test('the_secret_is_sealed', async () => {
  await listed();
  const [sealed] = await server.database.sql(
    `select sealed_secret from former_system where name = '${SYSTEM}'`,
  );
  assert.ok(sealed.length > FORMER_SECRET.length);
  assert.ok(
    !sealed.includes(FORMER_SECRET) && !Buffer.from(sealed, 'base64').includes(FORMER_SECRET),
  );
});

test('says_what_is_wrong_by_option_line_and_column', async () => {
  const good = await issue();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const past = new Date(Date.now() - 1000).toISOString();
  const far = new Date(Date.now() + 3 * 366 * 86_400_000).toISOString();
  const rows = [
    [{ secret: 'short' }, /--secret-file: .*32/],
    [{ secret: issuer.publicPem, system: 'Clé' }, /--secret-file/],
    [{ secret: pem, system: 'Clé' }, /--secret-file/],
    [{ secret: `x${FORMER_SECRET}` }, /autre secret.*--system/],
    [{ system: 'Jumeau' }, /est celui de « Tableau de bord API Entreprise »/],
    [{ secret: '', system: 'Inconnu' }, /--secret-file is needed/],
    [{ until: past }, /--until: a moment to come/],
    [{ until: far }, /--until: a moment to come, within two years/],
    [{ until: 'demain' }, /--until/],
    [{ until: '' }, /either --until or --end/],
    [{ more: ['--end'] }, /either --until or --end/],
    [{ system: 'x'.repeat(61) }, /--system/],
  ];
  await importTokens([good.id]);
  for (const [options, message] of rows) {
    const { code, stderr } = await importTokens([good.id], /** @type {object} */ (options));
    assert.equal(code, 1, JSON.stringify(options));
    assert.match(stderr, /** @type {RegExp} */ (message));
  }
  const other = await issue();
  const { code, stdout } = await importTokens(['x', randomUUID(), other.id]);
  assert.equal(code, 1);
  assert.match(stdout, /line 2, token_id: /);
  assert.match(stdout, /line 3, token_id: .*n’existe pas ici/);
  assert.match(stdout, /1 tokens changed, 0 already so, 2 rows refused/);
});
