// Whom the program logs in to PostgreSQL as: only who row-level security binds.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { createDatabase } from '../support/database.mjs';
import { runProgram } from '../support/server.mjs';

const REFUSED = /^GUICHET_DATABASE_URL: .* log in as guichet_app$/m;
const id = randomBytes(6).toString('hex');
const LOGINS = {
  member: { attributes: '', of: 'guichet_app' },
  superuser: { attributes: 'superuser', of: 'guichet_app' },
  passer: { attributes: 'bypassrls', of: 'guichet_app' },
  owner: { attributes: '', of: 'guichet_owner, guichet_app' },
};

let database;
let folder;
before(async () => {
  database = await createDatabase();
  folder = await mkdtemp('/tmp/guichet-test-');
  for (const [name, { attributes, of }] of Object.entries(LOGINS))
    await database.admin(`create role ${name}_${id} login ${attributes} in role ${of}`);
});
after(async () => {
  await database.drop();
  for (const name of Object.keys(LOGINS)) await database.admin(`drop role ${name}_${id}`);
  await rm(folder, { recursive: true });
});

function run(command, user, env = {}) {
  return runProgram([command], {
    env: {
      GUICHET_DATA_DIR: folder,
      GUICHET_MASTER_KEY: randomBytes(32).toString('base64'),
      GUICHET_DATABASE_URL: database.url.replace(/user=\w+/, `user=${user}`),
      GUICHET_PORT: '0',
      ...env,
    },
  });
}

for (const name of ['superuser', 'passer', 'owner']) {
  for (const command of ['check-config', 'serve', 'worker']) {
    test(`${command}_refuses_the_log_in_of_a_${name}`, async () => {
      const { code, stderr } = await run(command, `${name}_${id}`);
      assert.equal(code, 1, stderr);
      assert.match(stderr, REFUSED);
      assert.ok(stderr.includes(`"login":"${name}_${id}"`), stderr);
    });
  }
}

test('names_the_setting_of_statistics_too', async () => {
  const url = database.url.replace(/user=\w+/, `user=superuser_${id}`);
  const { code, stderr } = await run('check-config', 'guichet_app', {
    GUICHET_DATABASE_READ_URL: url,
  });
  assert.equal(code, 1);
  assert.match(stderr, /^GUICHET_DATABASE_READ_URL: /m);
  assert.doesNotMatch(stderr, REFUSED);
});

test('a_member_of_the_role_takes_it_except_through_a_pooler', async () => {
  assert.equal((await run('check-config', `member_${id}`)).code, 0);
  const pooled = await run('check-config', `member_${id}`, { GUICHET_DATABASE_PREPARED: 'off' });
  assert.equal(pooled.code, 1);
  assert.match(pooled.stderr, REFUSED);
});

for (const prepared of ['on', 'off']) {
  test(`accepts_the_application_s_own_role_with_prepared_statements_${prepared}`, async () => {
    const { code, stderr } = await run('check-config', 'guichet_app', {
      GUICHET_DATABASE_PREPARED: prepared,
    });
    assert.equal(code, 0, stderr);
  });
}

test('accepts_any_log_in_before_the_first_migration', async () => {
  const name = `empty_${id}`;
  await database.admin(`create database ${name}`);
  try {
    const { code, stderr } = await run('check-config', 'guichet_app', {
      GUICHET_DATABASE_URL: database.ownerUrl.replace(database.name, name),
    });
    assert.equal(code, 0, stderr);
  } finally {
    await database.admin(`drop database ${name}`);
  }
});
