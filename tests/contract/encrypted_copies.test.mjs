// Copies of the database that are encrypted on the way: by age and by GnuPG, verified, read again with the key alone, and
// told when they fail.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { install } from '../support/installation.mjs';
import { cast, submitRequest } from '../support/requests.mjs';
import { runProgram } from '../support/server.mjs';

const run = promisify(execFile);
const OPERATOR = 'exploitation@guichet.example';

let cluster;
let server;
let folder;
const KEYS = {};

async function makeAgeKey() {
  const identity = join(folder, 'age.key');
  await run('age-keygen', ['-o', identity]);
  const recipients = join(folder, 'age.pub');
  await writeFile(recipients, (await run('age-keygen', ['-y', identity])).stdout);
  return { recipients, read: { GUICHET_COPY_IDENTITY_FILE: identity } };
}

async function makeGpgKey() {
  const home = await mkdtemp(join(tmpdir(), 'gnupg-'));
  const gpg = (...args) => run('gpg', ['--homedir', home, '--batch', '--quiet', ...args]);
  await gpg('--passphrase', '', '--quick-generate-key', 'Copies', 'rsa2048', 'encr', 'never');
  const recipients = join(folder, 'gpg.asc');
  await gpg('--armor', '--output', recipients, '--export', 'Copies');
  return { recipients, read: { GNUPGHOME: home }, home };
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guichet-keys-'));
  KEYS.age = await makeAgeKey();
  KEYS.gpg = await makeGpgKey();
  const { made, program } = await install({ env: { GUICHET_OPERATOR_EMAIL: OPERATOR } });
  [cluster, server] = [made, program];
  await server.command(['migrate']);
  await server.start();
  const people = await cast(server);
  await submitRequest(people.applicant.client, { domain: people.domain });
});
after(async () => {
  await run('gpgconf', ['--homedir', KEYS.gpg.home, '--kill', 'all']);
  await server.stop();
  await cluster.remove();
  await rm(KEYS.gpg.home, { recursive: true, force: true });
  await rm(folder, { recursive: true });
});

const command = (args, env = {}) => runProgram(args, { env: { ...server.env, ...env } });
const sealedFor = (kind) => ({ GUICHET_COPY_RECIPIENTS_FILE: KEYS[kind].recipients });

/** Writes a copy for this kind of key into a folder of its own. */
async function written(kind) {
  const copies = await mkdtemp(join(folder, 'copies-'));
  const path = join(copies, 'guichet.dump');
  const { code, stdout, stderr } = await command(['backup', path], sealedFor(kind));
  assert.equal(code, 0, stderr);
  return { copies, path, stdout };
}

for (const kind of ['age', 'gpg']) {
  test(`writes_a_copy_for_${kind}_and_nothing_in_clear`, async () => {
    const { copies, path, stdout } = await written(kind);
    assert.match(stdout, new RegExp(`SHA-256 [0-9a-f]{64}, encryption: ${kind}`));
    assert.deepEqual((await readdir(copies)).sort(), [
      'guichet.dump',
      'guichet.dump.head',
      'guichet.dump.sha256',
    ]);
    const bytes = await readFile(path);
    assert.ok(!bytes.includes('PGDMP') && !bytes.includes('request_transition'));
    if (kind === 'age')
      assert.ok(bytes.subarray(0, 21).equals(Buffer.from('age-encryption.org/v1')));
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await run('sha256sum', ['--check', '--status', 'guichet.dump.sha256'], { cwd: copies });
  });

  test(`checks_a_copy_for_${kind}_as_a_whole_where_its_key_is`, async () => {
    const { path } = await written(kind);
    const { code, stdout, stderr } = await command(['backup', 'check', path], KEYS[kind].read);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /1 requests/);
    assert.match(stdout, /The copy is good/);
  });

  test(`restores_a_copy_for_${kind}_into_an_empty_server`, async () => {
    const { path } = await written(kind);
    const { made, program } = await install({ dataDir: server.dataDir });
    try {
      const { code, stderr } = await runProgram(['restore', path], {
        env: { ...program.env, ...KEYS[kind].read },
      });
      assert.equal(code, 0, stderr);
      assert.deepEqual(await program.database.sql('select state from request'), ['submitted']);
      assert.match(await program.command(['verify-audit']), /the chain is whole/);
    } finally {
      await made.remove();
    }
  });

  test(`a_copy_for_${kind}_that_was_cut_or_changed_is_not_restored`, async () => {
    const { path } = await written(kind);
    const bytes = await readFile(path);
    const changed = Buffer.from(bytes);
    changed[bytes.length - 100] ^= 1;
    const { made, program } = await install({ dataDir: server.dataDir });
    try {
      for (const wrong of [bytes.subarray(0, bytes.length - 100), changed]) {
        await writeFile(path, wrong);
        const env = { ...program.env, ...KEYS[kind].read };
        const { code } = await runProgram(['restore', path], { env });
        assert.equal(code, 1);
        const tables = await program.database.sql(
          "select count(*) from pg_tables where schemaname = 'public'",
        );
        assert.deepEqual(tables, ['0']);
      }
    } finally {
      await made.remove();
    }
  });
}

test('without_the_key_a_check_says_whether_it_is_what_was_written', async () => {
  const { path } = await written('age');
  const same = await command(['backup', 'check', path]);
  assert.equal(same.code, 0, same.stderr);
  assert.match(same.stdout, /is what was written \(SHA-256\)\. What it holds is not examined/);
  await appendFile(path, 'x');
  const other = await command(['backup', 'check', path]);
  assert.equal(other.code, 1);
  assert.match(other.stdout, /is not what was written/);
  await rm(`${path}.sha256`);
  assert.equal((await command(['backup', 'check', path])).code, 1);
  const restored = await command(['restore', path]);
  assert.match(restored.stderr, /GUICHET_COPY_IDENTITY_FILE is needed/);
});

const figure = async (name) => {
  const text = await server.metrics();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
};

test('a_failure_is_logged_measured_and_mailed_and_no_copy_is_written_in_clear', async () => {
  const path = join(folder, 'failed.dump');
  const none = { GUICHET_COPY_RECIPIENTS_FILE: join(folder, 'nowhere') };
  const { code, stderr } = await command(['backup', path], none);
  assert.equal(code, 1);
  assert.match(stderr, /GUICHET_COPY_RECIPIENTS_FILE cannot be read/);
  assert.match(stderr, /"event":"copy_failed"/);
  assert.ok(!(await readdir(folder)).some((name) => name.startsWith('failed.dump')));
  const { text } = await server.mailbox.take({
    to: OPERATOR,
    subject: /copie de la base a échoué/,
  });
  assert.match(text, /GUICHET_COPY_RECIPIENTS_FILE cannot be read/);
  assert.equal(await figure('guichet_backup_failed'), 1);
  await written('age');
  assert.equal(await figure('guichet_backup_failed'), 0);
  assert.ok((await figure('guichet_backup_age_seconds')) < 300);
});

test('a_copy_that_fails_leaves_the_former_one_in_place', async () => {
  const { copies, path } = await written('age');
  const before = await readFile(path);
  const unfit = join(folder, 'unfit.pub');
  await writeFile(unfit, 'age1notakeyatall\n');
  const { code } = await command(['backup', path], { GUICHET_COPY_RECIPIENTS_FILE: unfit });
  assert.equal(code, 1);
  assert.ok(before.equals(await readFile(path)));
  assert.equal((await readdir(copies)).length, 3);
  await server.mailbox.take({ to: OPERATOR, subject: /copie de la base/ });
});

test('a_copy_whose_encryption_ends_with_an_error_after_all_was_read_is_none', async () => {
  const copies = await mkdtemp(join(folder, 'copies-'));
  const path = join(copies, 'guichet.dump');
  const standIns = await mkdtemp(join(folder, 'bin-'));
  const age = (await run('sh', ['-c', 'command -v age'])).stdout.trim();
  const env = { ...sealedFor('age'), PATH: `${standIns}:${process.env.PATH}` };
  /** What age writes, and another last word. */
  const backupEndingWith = async (code) => {
    const text = `#!/bin/sh\n${age} "$@" || exit\nexit ${code}\n`;
    await writeFile(join(standIns, 'age'), text, { mode: 0o755 });
    return command(['backup', path], env);
  };
  const { code, stderr } = await backupEndingWith(1);
  assert.equal(code, 1);
  assert.match(stderr, /"event":"copy_failed"/);
  assert.deepEqual(await readdir(copies), []);
  await server.mailbox.take({ to: OPERATOR, subject: /copie de la base/ });
  assert.equal((await backupEndingWith(0)).code, 0);
});

test('says_what_is_wrong_with_the_recipients', async () => {
  const file = join(folder, 'recipients');
  const rows = [
    ['hello\n', /neither recipients of age alone \(age1…, one a line\) nor an OpenPGP public key/],
    ['', /neither recipients of age/],
    [`# ours\n\n${await readFile(KEYS.age.recipients, 'utf8')}oops\n`, /neither recipients of age/],
    [await readFile(KEYS.age.read.GUICHET_COPY_IDENTITY_FILE, 'utf8'), /holds a private key/],
  ];
  for (const [text, message] of rows) {
    await writeFile(file, /** @type {string} */ (text));
    const { code, stderr } = await command(['backup', join(folder, 'x.dump')], {
      GUICHET_COPY_RECIPIENTS_FILE: file,
    });
    assert.equal(code, 1);
    assert.match(stderr, /** @type {RegExp} */ (message));
    const check = await command(['check-config'], { GUICHET_COPY_RECIPIENTS_FILE: file });
    assert.deepEqual([check.code, message.test(check.stderr)], [1, true], check.stderr);
    await server.mailbox.take({ to: OPERATOR, subject: /copie de la base/ });
  }
});
