// Settings as an operator meets them: every mistake told at once, secrets from files, none of an example.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PROGRAM, cleanEnvironment, runProgram } from '../support/server.mjs';

let folder;
before(async () => (folder = await mkdtemp('/tmp/guichet-test-')));
after(() => rm(folder, { recursive: true, force: true }));

const GOOD = {
  GUICHET_DATABASE_URL: 'postgresql://guichet_app@127.0.0.1/guichet',
  GUICHET_MASTER_KEY: randomBytes(32).toString('base64'),
};
const check = (env) =>
  runProgram(['check-config'], { env: { GUICHET_DATA_DIR: folder, ...GOOD, ...env } });
const named = ({ stderr }) => stderr.match(/GUICHET_\w+/g) ?? [];

test('accepts_valid_settings', async () => {
  const { code, stdout, stderr } = await check({});
  assert.equal(code, 0, stderr);
  assert.match(stdout, /The settings are good/);
});

test('reports_every_mistake_of_every_setting_at_once', async () => {
  const wrong = {
    GUICHET_PORT: 'eighty',
    GUICHET_DEMO: 'perhaps',
    GUICHET_LOG_LEVEL: 'loud',
    GUICHET_SUPPORT_EMAIL: 'support',
    GUICHET_MAIL_FROM: 'nobody',
    GUICHET_MASTER_KEY: 'c2hvcnQ=',
    GUICHET_DATABASE_URL: 'postgresql://guichet_app:changeme@127.0.0.1/guichet',
    GUICHET_PUBLIC_URL: 'guichet.example',
    GUICHET_TRUSTED_PROXIES: 'everybody',
    GUICHET_MANAGEMENT_BIND: '9090',
    GUICHET_FORMER_ISSUERS: 'former.example',
    GUICHET_CLAMAV: 'somewhere',
    GUICHET_DIRECTORY: 'elsewhere',
    GUICHET_OIDC_ISSUER: 'ftp://fournisseur.example',
    GUICHET_PRODUCTS_DIR: '/nowhere',
  };
  const result = await check({ ...wrong, GUICHET_SMTP_USER: 'guichet' });
  assert.equal(result.code, 1);
  const missing = [...Object.keys(wrong), 'GUICHET_SMTP_PASSWORD', 'GUICHET_OIDC_CLIENT_ID'].filter(
    (name) => name !== 'GUICHET_PRODUCTS_DIR' && !named(result).includes(name),
  );
  assert.deepEqual(missing, [], result.stderr);
  assert.match(result.stderr, /\/nowhere/);
  assert.doesNotMatch(result.stderr, /changeme|c2hvcnQ/);
});

test('requires_a_mail_server_on_a_public_address', async () => {
  const outside = { GUICHET_PUBLIC_URL: 'https://guichet.example', GUICHET_SANDBOX: 'on' };
  const result = await check(outside);
  assert.equal(result.code, 1);
  assert.ok(named(result).includes('GUICHET_SMTP_URL'), result.stderr);
  const mailed = await check({ ...outside, GUICHET_SMTP_URL: 'smtp://smtp.example:587' });
  assert.equal(mailed.code, 0, mailed.stderr);
});

test('refuses_settings_that_do_not_exist_and_names_those_that_were_meant', async () => {
  const wrong = { GUICHET_PUBLIC_URI: 'https://guichet.example', GUICHET_TEST_FULL: '1' };
  for (const command of ['check-config', 'serve', 'worker', 'migrate', 'healthcheck']) {
    const result = await runProgram([command], {
      env: { GUICHET_DATA_DIR: folder, ...GOOD, ...wrong },
    });
    assert.equal(result.code, 1, command);
    assert.deepEqual(result.stderr.trim().split('\n').sort(), [
      'GUICHET_PUBLIC_URI: there is no such setting; did you mean GUICHET_PUBLIC_URL?',
      'GUICHET_TEST_FULL: there is no such setting; guichet check-config --print-docs lists them, ' +
        'and a variable of your own must not begin with GUICHET_',
    ]);
  }
});

test('refuses_names_in_small_letters_and_names_the_setting', async () => {
  const { code, stderr } = await check({ guichet_public_url: 'https://guichet.example' });
  assert.equal(code, 1);
  assert.equal(
    stderr.trim(),
    'guichet_public_url: there is no such setting; did you mean GUICHET_PUBLIC_URL?',
  );
});

test('refuses_places_that_cannot_be_meant', async () => {
  for (const [name, value, words] of [
    ['GUICHET_TRUSTED_PROXIES', '127.0.0.1, 0.0.0.0/0', /holds more than proxies/],
    ['GUICHET_TRUSTED_PROXIES', '::/0', /holds more than proxies/],
    ['GUICHET_MANAGEMENT_BIND', '127.0.0.1:8080', /port 8080 is GUICHET_PORT/],
    ['GUICHET_MANAGEMENT_BIND', '0.0.0.0:8080', /port 8080 is GUICHET_PORT/],
    ['GUICHET_PUBLIC_URL', 'http://:8080', /an address is expected/],
    ['GUICHET_PUBLIC_URL', 'http://guichet.example:99999', /an address is expected/],
    ['GUICHET_DIRECTORY_URL', 'https://[::1/x', /an address is expected/],
  ]) {
    const { code, stderr } = await check({ GUICHET_PORT: '8080', [name]: value });
    assert.equal(code, 1, value);
    assert.match(stderr, new RegExp(`^${name}: .*${words.source}`, 'm'));
  }
  const other = { GUICHET_PORT: '8080', GUICHET_MANAGEMENT_BIND: '127.0.0.2:8080' };
  assert.equal((await check(other)).code, 0);
});

test('reads_every_secret_from_a_file_and_names_a_missing_file', async () => {
  const { stdout } = await runProgram(['check-config', '--print-docs']);
  const secrets = [...stdout.matchAll(/^\| `(\w+)` \(or `_FILE`\)/gm)].map(([, name]) => name);
  assert.ok(secrets.length >= 6, stdout);
  const files = Object.fromEntries(secrets.map((name) => [`${name}_FILE`, '/nowhere/secret']));
  const result = await check(files);
  assert.equal(result.code, 1);
  assert.deepEqual(
    secrets.filter((name) => !result.stderr.includes(`${name}_FILE`)),
    [],
  );
  const file = join(folder, 'key');
  await writeFile(file, `${GOOD.GUICHET_MASTER_KEY}\n`);
  assert.equal((await check({ GUICHET_MASTER_KEY: '', GUICHET_MASTER_KEY_FILE: file })).code, 0);
});

test('refuses_a_secret_file_that_is_a_folder_or_empty', async () => {
  const empty = join(folder, 'empty');
  await writeFile(empty, '\n');
  for (const name of ['GUICHET_SMTP_PASSWORD', 'GUICHET_DATABASE_READ_URL', 'GUICHET_MASTER_KEY']) {
    for (const file of [folder, empty]) {
      const result = await check({ [name]: '', [`${name}_FILE`]: file });
      assert.equal(result.code, 1, `${name} ${file}`);
      assert.ok(result.stderr.includes(`${name}_FILE: ${file}: `), result.stderr);
    }
  }
  const data = await mkdtemp(join(folder, 'data-'));
  await mkdir(join(data, 'database-url'));
  const result = await check({ GUICHET_DATABASE_URL: '', GUICHET_DATA_DIR: data });
  assert.equal(result.code, 1);
  assert.match(result.stderr, /GUICHET_DATABASE_URL: .*database-url: Is a directory/);
});

test('refuses_products_with_more_scopes_than_the_gateway_can_number', async () => {
  const products = await mkdtemp(join(folder, 'products-'));
  await cp(new URL('../../api/products', import.meta.url).pathname, products, { recursive: true });
  const file = join(products, 'api-particulier', 'product.json');
  const product = JSON.parse(await readFile(file, 'utf8'));
  const [scope] = product.scopes;
  const more = Array.from({ length: 512 }, (_, i) => ({ ...scope, id: `scope_${i}` }));
  await writeFile(file, JSON.stringify({ ...product, scopes: [...product.scopes, ...more] }));
  const result = await check({ GUICHET_PRODUCTS_DIR: products });
  assert.equal(result.code, 1);
  assert.match(result.stderr, /more than 512 scopes together: scope_511/);
});

test('refuses_a_missing_a_short_and_an_example_secret', async () => {
  const example = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
  for (const key of [
    '',
    randomBytes(16).toString('base64'),
    example,
    Buffer.alloc(32).toString('base64'),
  ]) {
    const result = await check({ GUICHET_MASTER_KEY: key });
    assert.equal(result.code, 1, key);
    assert.deepEqual(new Set(named(result)), new Set(['GUICHET_MASTER_KEY']));
  }
  for (const [name, value] of [
    ['GUICHET_SMTP_PASSWORD', 'ChangeMe'],
    ['GUICHET_OIDC_CLIENT_SECRET', 'secret'],
    ['GUICHET_DATABASE_URL', 'host=127.0.0.1 user=guichet_app password=guichet dbname=guichet'],
  ]) {
    const result = await check({ [name]: value });
    assert.equal(result.code, 1, name);
    assert.deepEqual(named(result), [name]);
  }
});

/** What `guichet-admin` beside the program says with these settings of the installation. */
async function administer(settings) {
  const etc = await mkdtemp(join(folder, 'etc-'));
  const script = new URL('../../api/deploy/guichet-admin', import.meta.url);
  await copyFile(script, join(etc, 'guichet-admin'));
  await symlink(PROGRAM, join(etc, 'guichet'));
  await writeFile(join(etc, 'guichet.env'), settings.join('\n'));
  await writeFile(join(etc, 'master-key'), GOOD.GUICHET_MASTER_KEY);
  await writeFile(join(etc, 'database-url'), GOOD.GUICHET_DATABASE_URL);
  await writeFile(join(etc, 'database-owner-url'), GOOD.GUICHET_DATABASE_URL);
  const products = new URL('../../api/products', import.meta.url).pathname;
  const env = { ...cleanEnvironment(), GUICHET_ETC: etc, GUICHET_PRODUCTS_DIR: products };
  return new Promise((resolve) => {
    execFile(join(etc, 'guichet-admin'), ['check-config'], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, said: stdout + stderr }),
    );
  });
}

test('guichet_admin_has_the_settings_of_the_installation', async () => {
  const guide = await readFile(new URL('../../api/deploy/README.md', import.meta.url), 'utf8');
  const settings = guide.match(/^GUICHET_\w+=.+$/gm);
  assert.ok(settings.length >= 5);
  const good = await administer(settings);
  assert.equal(good.code, 0, good.said);
  assert.match(good.said, /^The settings are good\.$/m);
  const wrong = await administer([...settings, 'GUICHET_LOG_LEVEL=loud']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.said, /GUICHET_LOG_LEVEL/);
});
