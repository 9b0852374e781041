// guichet doctor: each thing that it tries, right and wrong, on the real ones.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { startOidcProvider } from '../support/oidc.mjs';
import { freePort } from '../support/ports.mjs';
import { Provider, providersFile } from '../support/provider.mjs';
import { startScanner } from '../support/scanner.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { onlyUser, startSmtp } from '../support/smtp.mjs';
import { stopwatch } from '../support/stopwatch.mjs';
import { makeCertificate } from '../support/tls.mjs';

const DAY_MS = 24 * 3600 * 1000;

let server;
before(async () => {
  server = await startServer(); // which makes the signing keys
  await server.end();
});
after(() => server.stop());

/** What doctor says with these settings beside those of the server; each check by its name. */
async function examine(env = {}, args = []) {
  const { code, stdout, stderr } = await runProgram(['doctor', '--json', ...args], {
    env: { ...server.env, ...env },
  });
  assert.match(stdout, /^\{/, stderr);
  const document = JSON.parse(stdout);
  const checks = Object.fromEntries(document.checks.map((check) => [check.name, check]));
  const states = new Set(document.checks.map(({ state }) => state));
  assert.equal(document.is_good, !states.has('wrong'));
  assert.equal(code, document.is_good ? 0 : 1);
  return checks;
}

/** Fails unless a check has this state, found this, and gives advice where something is to be done. */
function is(check, state, found, advice = undefined) {
  assert.equal(check.state, state, JSON.stringify(check));
  assert.match(check.found, found);
  if (advice) assert.match(check.advice, advice);
  if (state === 'wrong') assert.ok(check.advice, JSON.stringify(check));
  if (state === 'good') assert.equal(check.advice, null);
}

test('says_of_everything_that_it_is_good_or_not_set', async () => {
  const checks = await examine();
  assert.deepEqual(Object.keys(checks), [
    'database',
    'master_key',
    'signing_key',
    'clock',
    'disk',
    'directory',
    'mail',
    'oidc',
    'scanner',
    'certificate',
    'providers',
  ]);
  is(checks.database, 'good', /^PostgreSQL \d.*, logged in as guichet_app, migrated$/);
  is(checks.master_key, 'good', /./);
  is(checks.signing_key, 'good', /has signed for 0 days/);
  assert.notEqual(checks.clock.state, 'wrong');
  is(checks.disk, 'good', /MiB free/);
  is(checks.mail, 'off', /mails are files/);
  is(checks.oidc, 'off', /by password alone/);
  is(checks.scanner, 'off', /not scanned/);
  is(checks.certificate, 'off', /not https/);
  is(checks.providers, 'off', /^0 providers are called/);
});

test('prints_a_line_for_each_and_what_to_do', async () => {
  const { code, stdout } = await runProgram(['doctor'], {
    env: { ...server.env, GUICHET_DATA_DIR: '/nowhere', GUICHET_MASTER_KEY: randomKey() },
  });
  assert.equal(code, 1);
  assert.match(stdout, /^good {5}database {5}PostgreSQL/m);
  assert.match(stdout, /^wrong {4}disk {9}\/nowhere is not there\n {22}-> GUICHET_DATA_DIR: /m);
});

test('asks_for_good_settings_first', async () => {
  const { code, stdout, stderr } = await runProgram(['doctor'], {
    env: { ...server.env, GUICHET_LOG_LEVEL: 'loud' },
  });
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^GUICHET_LOG_LEVEL: .*\nThe settings have the mistakes above/);
});

const randomKey = () => randomBytes(32).toString('base64');

test('says_why_a_database_does_not_answer', async () => {
  const none = `postgresql://guichet_app@127.0.0.1:${await freePort()}/guichet`;
  const away = await examine({ GUICHET_DATABASE_URL: none });
  is(away.database, 'wrong', /Connection refused/, /GUICHET_DATABASE_URL/);
  for (const name of ['master_key', 'signing_key', 'directory'])
    is(away[name], 'wrong', /not tried/);
  const other = server.database.url.replace(server.database.name, 'no_such_database');
  is(
    (await examine({ GUICHET_DATABASE_URL: other })).database,
    'wrong',
    /no_such_database.*does not exist/,
  );
});

test('refuses_a_login_that_row_level_security_would_not_bind', async () => {
  const { code, stdout, stderr } = await runProgram(['doctor', '--json'], {
    env: { ...server.env, GUICHET_DATABASE_URL: server.database.ownerUrl },
  });
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^GUICHET_DATABASE_URL: .*superuser.*log in as guichet_app$/m);
  assert.match(stderr, /mend them/);
});

test('finds_missing_migrations', async () => {
  const [kept] = await server.database.sql('select checksum from schema_text_set');
  await server.database.sql('delete from schema_text_set');
  is((await examine()).database, 'wrong', /migrations/, /guichet-admin migrate/);
  await server.database.sql(`insert into schema_text_set values ('${kept}')`);
  is((await examine()).database, 'good', /migrated/);
});

test('finds_the_master_key_of_another_database', async () => {
  const { master_key: master, signing_key: signing } = await examine({
    GUICHET_MASTER_KEY: randomKey(),
  });
  is(master, 'wrong', /does not open|none of the keys|not the/i, /GUICHET_MASTER_KEY/);
  is(signing, 'wrong', /does not sign/, /master_key/);
});

test('finds_an_old_signing_key_and_one_without_successor', async () => {
  const sql = (text) => server.database.sql(text);
  await sql(
    `update signing_key set current_at = now() - interval '401 days' where state = 'current'`,
  );
  is((await examine()).signing_key, 'warning', /401 days/, /rotate-keys/);
  await sql(`update signing_key set current_at = now() where state = 'current'`);
  await sql(`update signing_key set state = 'retired' where state = 'next'`);
  is((await examine()).signing_key, 'wrong', /no key waits/, /rotate-keys/);
  await sql(`update signing_key set state = 'next' where state = 'retired'`);
  is((await examine()).signing_key, 'good', /./);
});

test('tells_the_sample_from_a_directory_of_today_and_of_long_ago', async () => {
  is((await examine()).directory, 'warning', /\d+ establishments, the sample/, /import-directory/);
  await server.database.sql('insert into directory_publication (rows_count) values (40)');
  is((await examine()).directory, 'good', /imported 0 days ago/);
  await server.database.sql(
    `update directory_publication set published_at = now() - interval '63 days'`,
  );
  is((await examine()).directory, 'warning', /imported 63 days ago/, /import-directory/);
  await server.database.sql('delete from directory_publication');
});

/** Answers everything the same, over HTTP or TLS, until the test is over. */
async function startWeb(t, status, body = '{}', certificate = undefined) {
  const answer = (req, res) =>
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
  const web = certificate
    ? https.createServer({ key: certificate.key, cert: certificate.cert }, answer)
    : http.createServer(answer);
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  t.after(() => {
    web.closeAllConnections();
    web.close();
  });
  const { port } = /** @type {net.AddressInfo} */ (web.address());
  return `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`;
}

test('asks_a_remote_directory_for_an_establishment_that_there_is', async (t) => {
  const directory = (url) =>
    examine({ GUICHET_DIRECTORY: 'recherche-entreprises', GUICHET_DIRECTORY_URL: url });
  const siege = { siret: '13002526500013', etat_administratif: 'A', adresse: '20 AVENUE DE SEGUR' };
  const unit = {
    nom_complet: 'DINUM',
    nature_juridique: '7120',
    siege,
    matching_etablissements: [siege],
  };
  const good = await startWeb(t, 200, JSON.stringify({ results: [unit], total_results: 1 }));
  is((await directory(good)).directory, 'good', /recherche-entreprises answers in \d+ ms/);
  const empty = await startWeb(t, 200, JSON.stringify({ results: [], total_results: 0 }));
  is(
    (await directory(empty)).directory,
    'warning',
    /does not know 13002526500013/,
    /GUICHET_DIRECTORY_URL/,
  );
  const broken = await startWeb(t, 500);
  is((await directory(broken)).directory, 'wrong', /it answers 500/, /GUICHET_DIRECTORY_URL/);
  for (const [status, said] of [
    [401, /the key is not accepted/],
    [403, /the key has no right to this API/],
    [429, /asked too often/],
  ]) {
    const refusing = await startWeb(t, status);
    is((await directory(refusing)).directory, 'wrong', said, /what the key may be used for/);
  }
});

test('tries_the_mail_server_and_mails_only_where_it_is_asked_to', async (t) => {
  const certificate = makeCertificate();
  t.after(certificate.remove);
  const port = await freePort();
  const env = {
    GUICHET_SMTP_URL: `smtp://127.0.0.1:${port}`,
    GUICHET_SMTP_CA_FILE: certificate.file,
    GUICHET_SMTP_USER: 'guichet',
    GUICHET_SMTP_PASSWORD: 'smtp secret',
  };
  is((await examine(env)).mail, 'wrong', /connect/i, /GUICHET_SMTP_URL/);
  const smtp = await startSmtp(t, certificate, port, {
    authOptional: false,
    onAuth: onlyUser('guichet', 'smtp secret'),
  });
  is((await examine(env)).mail, 'good', /^TLS, log-in accepted$/);
  assert.equal(smtp.sessions.size, 1);
  assert.equal(smtp.received.length, 0);
  is((await examine({ ...env, GUICHET_SMTP_PASSWORD: 'another one' })).mail, 'wrong', /535/);
  is((await examine({ ...env, GUICHET_SMTP_CA_FILE: '' })).mail, 'wrong', /certificate/i);
  assert.equal(smtp.received.length, 0);
  is((await examine(env, ['--mail', 'ana@mairie.example'])).mail, 'good', /a mail was taken/);
  const [{ secure, envelope, mail }] = smtp.received;
  assert.equal(smtp.received.length, 1);
  assert.equal(secure, true);
  assert.equal(envelope.rcptTo[0].address, 'ana@mairie.example');
  assert.equal(mail.subject, 'Guichet : essai');
  is((await examine(env, ['--mail', 'unknown@mairie.example'])).mail, 'wrong', /recipient refused/);
});

test('finds_a_mail_server_without_tls', async (t) => {
  const certificate = makeCertificate();
  t.after(certificate.remove);
  const port = await freePort();
  await startSmtp(t, certificate, port, { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
  is(
    (await examine({ GUICHET_SMTP_URL: `smtp://127.0.0.1:${port}` })).mail,
    'wrong',
    /STARTTLS|TLS/,
  );
});

test('reads_the_document_and_the_keys_of_the_openid_provider', async () => {
  const provider = await startOidcProvider({ publicUrl: server.url });
  is((await examine(provider.env)).oidc, 'good', /, 2 keys$/);
  const slash = { ...provider.env, GUICHET_OIDC_ISSUER: `${provider.issuer}/` };
  is((await examine(slash)).oidc, 'wrong', /another issuer/, /GUICHET_OIDC_ISSUER/);
  await provider.stop();
  is((await examine(provider.env)).oidc, 'wrong', /./, /GUICHET_OIDC_ISSUER/);
});

/** A clamd that was asked for its version: only the date of its signatures matters here. */
async function startVersion(t, at) {
  const [day, month, date, year] = at
    .toUTCString()
    .replace(',', '')
    .split(' ')
    .map((part, i, all) => all[[0, 2, 1, 3][i]] ?? part);
  const version = `ClamAV 1.0.7/27200/${day} ${month} ${date} 08:00:00 ${year}\0`;
  const clamd = net.createServer((socket) =>
    socket
      .on('data', (bytes) => socket.end(String(bytes).startsWith('zPING') ? 'PONG\0' : version))
      .on('error', () => {}),
  );
  clamd.listen(0, '127.0.0.1');
  await once(clamd, 'listening');
  t.after(() => clamd.close());
  return { GUICHET_CLAMAV: `127.0.0.1:${/** @type {net.AddressInfo} */ (clamd.address()).port}` };
}

test('asks_clamd_how_old_its_signatures_are', async (t) => {
  is((await examine(await startVersion(t, new Date()))).scanner, 'good', /of [01] days ago/);
  const old = await startVersion(t, new Date(Date.now() - 10 * DAY_MS));
  is((await examine(old)).scanner, 'warning', /of (9|10) days ago/, /freshclam/);
  const scanner = await startScanner();
  is(
    (await examine(scanner.env)).scanner,
    'warning',
    /^ClamAV \d.*without ClamAV's signatures/,
    /freshclam/,
  );
  await scanner.stop();
  is((await examine(scanner.env)).scanner, 'wrong', /nobody answers PING/, /GUICHET_CLAMAV/);
});

test('calls_each_provider_with_its_credentials', async (t) => {
  const isKnown = ({ 'x-key': key, authorization }) =>
    key === 'good' || authorization === 'Bearer abc';
  const provider = await new Provider((req, res) =>
    res.writeHead(isKnown(req.headers) ? 404 : 401).end(),
  ).start();
  const broken = await startWeb(t, 503);
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const token = { access_token: 'abc', token_type: 'Bearer', expires_in: 60 };
  const identities = await startWeb(t, 200, JSON.stringify(token));
  const oauth2 = (url) => ({
    token_url: url,
    client_id: 'guichet',
    client_secret_from: 'OF_A_TEST',
  });
  const credentials = (value) => ({ credentials: { header: 'X-Key', value } });
  const settings = await providersFile({
    insee: { base_url: provider.url, ...credentials('good') },
    dgfip: { base_url: provider.url, ...credentials('bad') },
    urssaf: { base_url: broken },
    infogreffe: { base_url: nobody },
    douanes: { base_url: provider.url, oauth2: oauth2(`${identities}/token`) },
    ademe: { base_url: provider.url, oauth2: oauth2(`${broken}/token`) },
  });
  t.after(() => Promise.all([provider.stop(), settings.remove()]));
  const checks = await examine({ GUICHET_PROVIDERS_FILE: settings.file, OF_A_TEST: 'of a test' });
  const of = (id) => checks[`provider api-entreprise/${id}`];
  is(of('insee'), 'good', /answers 404/);
  is(of('dgfip'), 'wrong', /answers 401/, /refuses these credentials/);
  is(of('urssaf'), 'wrong', /answers 503/, /base_url/);
  is(of('infogreffe'), 'wrong', /./, /base_url/);
  is(of('douanes'), 'good', /answers 404/);
  is(of('ademe'), 'wrong', /./, /GUICHET_PROVIDERS_FILE/);
  is(checks.providers, 'off', /^6 providers are called/);
  assert.equal(provider.asked.length, 3);
});

test('looks_at_the_certificate_of_the_public_address', async (t) => {
  const [long, short] = [makeCertificate(undefined, 90), makeCertificate(undefined, 5)];
  t.after(() => [long, short].forEach((one) => one.remove()));
  const on = (url) => ({
    GUICHET_PUBLIC_URL: url,
    GUICHET_SMTP_URL: 'smtps://127.0.0.1:1',
    GUICHET_PASSWORD_MEMORY_MB: '64',
    GUICHET_SANDBOX: 'on',
  });
  const good = on(await startWeb(t, 200, '{}', long));
  const { certificate, providers } = await examine(good);
  is(certificate, 'wrong', /certificate/i, /fullchain/);
  is(providers, 'warning', /^0 providers are called, \d+ answer sample data/, /base_url/);
  is(
    (await examine({ ...good, GUICHET_CA_FILE: long.file })).certificate,
    'good',
    /valid, (89|90) days left/,
  );
  const soon = on(await startWeb(t, 200, '{}', short));
  is(
    (await examine({ ...soon, GUICHET_CA_FILE: short.file })).certificate,
    'warning',
    /valid, [45] days left/,
    /renew/,
  );
  const lost = on(await startWeb(t, 502, '{}', long));
  is(
    (await examine({ ...lost, GUICHET_CA_FILE: long.file })).certificate,
    'wrong',
    /answers 502/,
    /GUICHET_PUBLIC_URL/,
  );
  const nobody = on(`https://127.0.0.1:${await freePort()}`);
  is((await examine(nobody)).certificate, 'wrong', /connect/i, /GUICHET_PUBLIC_URL/);
});

test('ends_in_time_although_something_never_answers', async (t) => {
  const mute = net.createServer(() => {});
  mute.listen(0, '127.0.0.1');
  await once(mute, 'listening');
  t.after(() => mute.close());
  const { port } = /** @type {net.AddressInfo} */ (mute.address());
  const elapsed = stopwatch();
  const checks = await examine({
    GUICHET_SMTP_URL: `smtp://127.0.0.1:${port}`,
    GUICHET_CLAMAV: `127.0.0.1:${port}`,
    GUICHET_DATABASE_URL: `postgresql://guichet_app@127.0.0.1:${port}/guichet`,
    GUICHET_OIDC_ISSUER: `http://127.0.0.1:${port}`,
    GUICHET_OIDC_CLIENT_ID: 'guichet',
    GUICHET_OIDC_CLIENT_SECRET: 'of nobody in particular',
  });
  for (const name of ['database', 'mail', 'scanner', 'oidc']) is(checks[name], 'wrong', /./);
  is(checks.disk, 'good', /MiB free/);
  assert.ok(elapsed() < 20_000 + 5_000, `${elapsed()} ms`);
});
