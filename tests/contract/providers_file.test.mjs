// GUICHET_PROVIDERS_FILE: a mistake in it would have real tokens answered with invented data, so every one
// is told at start, with its place in the file. The schema that is shipped and the program agree.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import { runProgram } from '../support/server.mjs';
import { makeClientCertificate } from '../support/tls.mjs';

const SHIPPED = new URL('../../api/deploy/providers/', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, SHIPPED), 'utf8'));
const fits = new Ajv2020({ allErrors: true, strictRequired: false, strictTypes: false }).compile(
  read('providers.schema.json'),
);
const URL_OF_INSEE = 'https://insee.example/base';

let folder;
let secret;
let client;
let other;
before(async () => {
  client = makeClientCertificate();
  other = makeClientCertificate();
  folder = await mkdtemp('/tmp/guichet-test-');
  secret = join(folder, 'secret');
  await writeFile(secret, 'of the file\n');
});
after(() => {
  client.remove();
  other.remove();
  return rm(folder, { recursive: true, force: true });
});

/** What check-config says to a file of this text. */
async function judge(text, env = {}) {
  const file = join(folder, 'providers.json');
  await writeFile(file, text);
  const result = await runProgram(['check-config'], {
    env: {
      GUICHET_DATA_DIR: folder,
      GUICHET_DATABASE_URL: 'postgresql://guichet_app@127.0.0.1/guichet',
      GUICHET_MASTER_KEY: randomBytes(32).toString('base64'),
      GUICHET_PROVIDERS_FILE: file,
      PROVIDER_SECRET: 'of the environment',
      ...env,
    },
  });
  assert.ok(result.code === 0 || result.code === 1, result.stderr);
  const lines = result.stderr.split('\n').filter(Boolean);
  const prefix = `GUICHET_PROVIDERS_FILE: ${file}#`;
  return { ...result, told: lines.map((line) => line.replace(prefix, '')) };
}

const insee = (settings) => ({
  'api-entreprise': { insee: { base_url: URL_OF_INSEE, ...settings } },
});
const withHeader = (source) => insee({ credentials: { header: 'X-Api-Key', ...source } });

const PAIR = () => ({ certificate_file: client.file, key_file: client.key });
const OAUTH2 = () => ({
  token_url: 'https://insee.example/token',
  client_id: 'guichet',
  client_secret_file: secret,
});

/** What both accept. */
const GOOD = () => [
  {},
  { $schema: 'providers.schema.json', 'api-entreprise': {} },
  insee({}),
  insee({ timeout_ms: 100 }),
  insee({ timeout_ms: 60_000 }),
  insee({ base_url: 'http://[::1]:8080' }),
  insee({ base_url: 'http://10.0.0.1/' }),
  withHeader({ value: 'of the file itself' }),
  withHeader({ value_from: 'PROVIDER_SECRET' }),
  withHeader({ value_file: secret }),
  insee({ maintenance_windows: [{ from: '23:30', to: '00:15' }] }),
  insee({ ca_file: client.file, client_certificate: PAIR() }),
  insee({
    client_certificate: {
      ...PAIR(),
      key_file: client.lockedKey,
      key_password_file: client.password,
    },
  }),
  insee({ oauth2: OAUTH2() }),
  insee({
    oauth2: {
      token_url: 'http://127.0.0.1/token',
      client_id: 'guichet',
      client_secret_from: 'PROVIDER_SECRET',
      scope: 'a b',
      audience: 'insee',
      client_authentication: 'client_secret_post',
    },
    credentials: { header: 'X-Api-Key', value: 'x' },
  }),
];

/** What both refuse, with the place that the program names. */
const WRONG = () => [
  [[], ''],
  [{ 'api-entreprise': [] }, '/api-entreprise'],
  [{ $schema: 1 }, '/$schema'],
  [{ 'api-entreprise': { insee: URL_OF_INSEE } }, '/api-entreprise/insee'],
  [{ 'api-entreprise': { insee: {} } }, '/api-entreprise/insee/base_url'],
  [insee({ base_url: 'insee.example' }), '/api-entreprise/insee/base_url'],
  [insee({ base_url: 'ftp://insee.example' }), '/api-entreprise/insee/base_url'],
  [insee({ base_url: 'https://user:secret@insee.example' }), '/api-entreprise/insee/base_url'],
  [insee({ base_url: 'https://insee.example/?key=1' }), '/api-entreprise/insee/base_url'],
  [insee({ base_url: 'https://insee.example/a b' }), '/api-entreprise/insee/base_url'],
  [insee({ base_url: 'https://' }), '/api-entreprise/insee/base_url'],
  [insee({ base_url: null }), '/api-entreprise/insee/base_url'],
  [insee({ timeout: 5000 }), '/api-entreprise/insee/timeout'],
  [insee({ 'base/url~': 1 }), '/api-entreprise/insee/base~1url~0'],
  [insee({ timeout_ms: 99 }), '/api-entreprise/insee/timeout_ms'],
  [insee({ timeout_ms: 60_001 }), '/api-entreprise/insee/timeout_ms'],
  [insee({ timeout_ms: '5000' }), '/api-entreprise/insee/timeout_ms'],
  [insee({ timeout_ms: 5000.5 }), '/api-entreprise/insee/timeout_ms'],
  [insee({ credentials: 'secret' }), '/api-entreprise/insee/credentials'],
  [insee({ credentials: { value: 'x' } }), '/api-entreprise/insee/credentials/header'],
  [withHeader({}), '/api-entreprise/insee/credentials'],
  [withHeader({ value: 'x', value_file: '/x' }), '/api-entreprise/insee/credentials'],
  [withHeader({ value: '' }), '/api-entreprise/insee/credentials/value'],
  [withHeader({ value: 'é' }), '/api-entreprise/insee/credentials/value'],
  [withHeader({ value_from: 'Path' }), '/api-entreprise/insee/credentials/value_from'],
  [withHeader({ value_file: 'secret' }), '/api-entreprise/insee/credentials/value_file'],
  [withHeader({ value: 'x', user: 'x' }), '/api-entreprise/insee/credentials/user'],
  [
    insee({ credentials: { header: 'X Api', value: 'x' } }),
    '/api-entreprise/insee/credentials/header',
  ],
  [insee({ maintenance_windows: {} }), '/api-entreprise/insee/maintenance_windows'],
  [insee({ maintenance_windows: ['00:00'] }), '/api-entreprise/insee/maintenance_windows/0'],
  [
    insee({ maintenance_windows: [{ from: '00:00', to: '24:00' }] }),
    '/api-entreprise/insee/maintenance_windows/0/to',
  ],
  [
    insee({ maintenance_windows: Array.from({ length: 51 }, () => ({ from: '1', to: '2' })) }),
    '/api-entreprise/insee/maintenance_windows',
  ],
  [insee({ ca_file: 'ca.pem' }), '/api-entreprise/insee/ca_file'],
  [insee({ client_certificate: [] }), '/api-entreprise/insee/client_certificate'],
  [
    insee({ client_certificate: { certificate_file: client.file } }),
    '/api-entreprise/insee/client_certificate/key_file',
  ],
  [
    insee({ client_certificate: { ...PAIR(), password: 'opens' } }),
    '/api-entreprise/insee/client_certificate/password',
  ],
  [insee({ oauth2: 'https://insee.example' }), '/api-entreprise/insee/oauth2'],
  [
    insee({ oauth2: { ...OAUTH2(), client_secret: 'x' } }),
    '/api-entreprise/insee/oauth2/client_secret',
  ],
  [
    insee({ oauth2: { ...OAUTH2(), token_url: '/token' } }),
    '/api-entreprise/insee/oauth2/token_url',
  ],
  [insee({ oauth2: { ...OAUTH2(), client_id: '' } }), '/api-entreprise/insee/oauth2/client_id'],
  [insee({ oauth2: { ...OAUTH2(), client_secret_from: 'X' } }), '/api-entreprise/insee/oauth2'],
  [
    insee({ oauth2: { ...OAUTH2(), client_authentication: 'none' } }),
    '/api-entreprise/insee/oauth2/client_authentication',
  ],
  [
    insee({ oauth2: OAUTH2(), credentials: { header: 'authorization', value: 'x' } }),
    '/api-entreprise/insee/oauth2',
  ],
];

/** What the program alone refuses: a schema cannot say it, or not readably. */
const REFUSED_BY_THE_PROGRAM = () => [
  ...[
    'https://insee.example:99999',
    'https://:443/',
    'https://[::1/x',
    'https://insee.example/../x',
  ].map((url) => [insee({ base_url: url }), '/api-entreprise/insee/base_url']),
  ...['Host', 'content-length', 'Transfer-Encoding', 'Connection', 'TE'].map((header) => [
    insee({ credentials: { header, value: 'x' } }),
    '/api-entreprise/insee/credentials/header',
  ]),
  ...[' ', ' x', 'x '].map((value) => [
    withHeader({ value }),
    '/api-entreprise/insee/credentials/value',
  ]),
  [
    insee({ maintenance_windows: [{ from: '03:00', to: '03:00' }] }),
    '/api-entreprise/insee/maintenance_windows/0',
  ],
];

test('schema_and_program_accept_the_same_files', async () => {
  for (const good of [...GOOD(), read('providers.example.json')]) {
    assert.ok(fits(good), JSON.stringify([good, fits.errors]));
  }
  for (const good of GOOD()) {
    const { code, stderr } = await judge(JSON.stringify(good));
    assert.equal(code, 0, `${JSON.stringify(good)}: ${stderr}`);
  }
});

test('schema_and_program_refuse_the_same_files_and_the_program_names_the_place', async () => {
  for (const [wrong, place] of WRONG()) {
    assert.ok(!fits(wrong), JSON.stringify(wrong));
    const { code, told } = await judge(JSON.stringify(wrong));
    assert.equal(code, 1, JSON.stringify(wrong));
    assert.ok(
      told.some((line) => line.startsWith(`${place}: `)),
      `${JSON.stringify(wrong)}: ${told}`,
    );
  }
});

test('the_program_refuses_addresses_headers_and_windows_that_cannot_work', async () => {
  for (const [wrong, place] of REFUSED_BY_THE_PROGRAM()) {
    const { code, told } = await judge(JSON.stringify(wrong));
    assert.equal(code, 1, JSON.stringify(wrong));
    assert.deepEqual(
      told.map((line) => line.split(': ')[0]),
      [place],
    );
  }
  const blank = join(folder, 'blank');
  await writeFile(blank, ' \n');
  const { told } = await judge(JSON.stringify(withHeader({ value_file: blank })));
  assert.match(told[0], /a blank at an end/);
});

test('refuses_a_product_and_a_provider_that_nobody_knows_and_lists_those_there_are', async () => {
  const { code, told } = await judge(
    JSON.stringify({
      'api-enterprise': { insee: { base_url: URL_OF_INSEE } },
      'api-entreprise': { inse: { base_url: URL_OF_INSEE } },
      'api-particulier': { insee: { base_url: URL_OF_INSEE } },
    }),
  );
  assert.equal(code, 1);
  assert.deepEqual(
    told.map((line) => line.split(';')[0]),
    [
      '/api-enterprise: no product has this name',
      '/api-entreprise/inse: no provider of this product',
      '/api-particulier/insee: no provider of this product',
    ],
  );
  assert.match(told[0], /there are api-entreprise, api-particulier/);
  assert.match(told[1], /there are insee, infogreffe, /);
});

test('names_the_line_of_a_repeated_member_and_of_what_is_no_json_but_no_word_of_it', async () => {
  const twice = '{\n "api-entreprise": {\n  "insee": {},\n  "insee": {}\n }\n}';
  assert.deepEqual((await judge(twice)).told, [': line 4: a member stands twice in its object']);
  const broken = '{\n "api-entreprise": {"insee": hidden-secret}}';
  assert.deepEqual((await judge(broken)).told, [': line 2: no valid JSON']);
  const missing = await judge('{}', { GUICHET_PROVIDERS_FILE: join(folder, 'nowhere.json') });
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /nowhere\.json#: the file cannot be read/);
  const directory = await judge('{}', { GUICHET_PROVIDERS_FILE: folder });
  assert.match(directory.stderr, /#: the file cannot be read/);
});

test('tells_every_mistake_of_the_file_at_once_and_no_secret', async () => {
  const { code, told, stderr } = await judge(
    JSON.stringify({
      'api-entreprise': {
        insee: { base_url: 'nowhere', timeout_ms: 1, credentials: { header: '', value: 's3cr3t' } },
        ademe: { url: URL_OF_INSEE },
      },
    }),
  );
  assert.equal(code, 1);
  assert.deepEqual(
    told.map((line) => line.split(':')[0]),
    [
      '/api-entreprise/insee/base_url',
      '/api-entreprise/insee/timeout_ms',
      '/api-entreprise/insee/credentials/header',
      '/api-entreprise/ademe/url',
      '/api-entreprise/ademe/base_url',
    ],
  );
  assert.doesNotMatch(stderr, /s3cr3t/);
});

test('refuses_secrets_that_cannot_be_read', async () => {
  for (const [source, reason] of [
    [{ value_from: 'NOT_THERE' }, /credentials: NOT_THERE is not set/],
    [{ value_file: '/nowhere/secret' }, /credentials: \/nowhere\/secret: no such file/],
    [{ value_file: folder }, /credentials: .*: Is a directory/],
  ]) {
    const { code, stderr } = await judge(JSON.stringify(withHeader(source)));
    assert.equal(code, 1);
    assert.match(stderr, reason);
  }
});

test('refuses_certificates_that_cannot_be_used', async () => {
  const of = (members) => ({ client_certificate: { ...PAIR(), ...members } });
  for (const [settings, reason] of [
    [{ ca_file: '/nowhere/ca.pem' }, /ca_file: .*nowhere.*: No such file/],
    [{ ca_file: secret }, /ca_file: .*: no certificate in PEM/],
    [of({ certificate_file: '/nowhere/cert.pem' }), /client_certificate: No such file/],
    [of({ key_file: '/nowhere/key.pem' }), /client_certificate: the key cannot be read/],
    [of({ key_file: other.key }), /client_certificate: the key belongs to another certificate/],
    [of({ key_file: client.lockedKey, key_password_file: secret }), /the password does not open/],
    [of({ key_password_file: '/nowhere/password' }), /client_certificate: .*no such file/],
    [{ oauth2: { ...OAUTH2(), client_secret_file: '/nowhere/s' } }, /oauth2: .*no such file/],
  ]) {
    const { code, stderr } = await judge(JSON.stringify(insee(settings)));
    assert.equal(code, 1, JSON.stringify(settings));
    assert.match(stderr, reason);
  }
});

test('a_public_instance_refuses_a_sandbox_that_nobody_asked_for', async () => {
  const outside = {
    GUICHET_PUBLIC_URL: 'https://guichet.example',
    GUICHET_SMTP_URL: 'smtp://smtp.example:587',
  };
  const some = JSON.stringify(insee({}));
  const { code, told } = await judge(some, outside);
  assert.equal(code, 1);
  assert.match(told[0], /^GUICHET_SANDBOX: these providers of api-entreprise /);
  assert.match(told[0], /invented data: infogreffe, .*GUICHET_SANDBOX=on$/);
  assert.doesNotMatch(told[0], /insee,/);
  assert.match(told[1], /^GUICHET_SANDBOX: these providers of api-particulier .*: dss, /);
  assert.equal((await judge(some, { ...outside, GUICHET_SANDBOX: 'on' })).code, 0);
  assert.equal((await judge(some)).code, 0);
  const all = Object.fromEntries(
    ['api-entreprise', 'api-particulier'].map((product) => {
      const file = new URL(`../../api/products/${product}/endpoints.json`, import.meta.url);
      const { providers } = JSON.parse(readFileSync(file, 'utf8'));
      return [
        product,
        Object.fromEntries(providers.map(({ id }) => [id, { base_url: URL_OF_INSEE }])),
      ];
    }),
  );
  const whole = await judge(JSON.stringify(all), outside);
  assert.equal(whole.code, 0, whole.stderr);
});
