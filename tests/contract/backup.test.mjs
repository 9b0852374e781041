// Copies of the database, taken while it serves: written, verified, restored into an empty server. The owner is
// the one that api/deploy/README.md makes, whom row-level security holds.
import assert from 'node:assert/strict';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD } from '../support/accounts.mjs';
import { install } from '../support/installation.mjs';
import { approvedToken, cast } from '../support/requests.mjs';
import { runProgram } from '../support/server.mjs';
import { ASKED } from '../support/tokens.mjs';

const ENDPOINT = `/gateway/api-entreprise/v3/dgfip/etablissements/13002526500013/chiffres_affaires?${ASKED}`;

let cluster;
let server;
let people;
let path;
let string;

before(async () => {
  const { made, program } = await install();
  [cluster, server] = [made, program];
  await server.command(['migrate']);
  await server.start();
  people = await cast(server);
  ({ path } = await approvedToken(people));
  string = (await people.applicant.client.post(`${path}/reveal`)).expect(200).body.token;
});
after(async () => {
  await server.stop();
  await cluster.remove();
});

const copy = (name) => join(server.dataDir, name);

test('writes_a_valid_backup_under_load', async () => {
  let serving = true;
  const load = (async () => {
    let acts = 0;
    for (; serving; acts++) (await people.applicant.client.post(`${path}/reveal`)).expect(200);
    return acts;
  })();
  await server.command(['backup', copy('loaded.dump')]);
  serving = false;
  assert.ok((await load) > 0);
  assert.equal((await stat(copy('loaded.dump'))).mode & 0o777, 0o600);
  const report = await server.command(['backup', 'check', copy('loaded.dump')]);
  assert.match(report, /1 requests, 1 tokens/);
  assert.match(report, /audit: [1-9]\d* rows, 0 broken/);
  assert.match(report, /secrets: [3-9] open with the master key, 0 do not/);
  assert.match(report, /The copy is good/);
  const left = await server.database.sql(
    "select datname from pg_database where datname like 'guichet_check_%'",
  );
  assert.deepEqual(left, []);
});

test('serves_the_same_data_from_a_backup_restored_into_an_empty_server', async () => {
  await server.command(['backup', copy('whole.dump')]);
  const { made, program: second } = await install({
    dataDir: server.dataDir,
    env: { GUICHET_PUBLIC_URL: server.url },
  });
  try {
    await second.command(['restore', copy('whole.dump')]);
    await second.start();
    const client = second.client();
    await client.logIn(people.applicant.email, PASSWORD);
    const { body } = (await client.post(`${path}/reveal`)).expect(200);
    assert.equal(body.token, string);
    (await second.client().get(ENDPOINT, { bearer: string })).expect(200);
    assert.match(await second.command(['verify-audit']), /the chain is whole/);
    const again = await runProgram(['restore', copy('whole.dump')], { env: second.env });
    assert.equal(again.code, 1);
    assert.match(again.stderr, /is not empty: a copy is restored into an empty one/);
  } finally {
    await second.end();
    await made.remove();
  }
});

test('names_what_is_wrong_with_a_backup', async () => {
  await server.command(['backup', copy('broken.dump')]);
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64');
  const foreign = await runProgram(['backup', 'check', copy('broken.dump')], {
    env: { ...server.env, GUICHET_MASTER_KEY: key },
  });
  assert.equal(foreign.code, 1);
  assert.match(foreign.stdout, /secrets: 0 open with the master key, [3-9] do not/);
  await writeFile(copy('none.dump'), 'no copy at all');
  const none = await runProgram(['backup', 'check', copy('none.dump')], { env: server.env });
  assert.equal(none.code, 1);
  const nowhere = await runProgram(['backup', '/nowhere/copy.dump'], { env: server.env });
  assert.equal(nowhere.code, 1);
  assert.ok(!(await readdir(server.dataDir)).some((name) => name.endsWith('.new')));
});

test('names_an_audit_row_that_was_changed_before_the_backup', async () => {
  await server.database.sql(
    `set session_replication_role = replica; update audit set action = 'nothing' where id = (select min(id) from audit)`,
  );
  await server.command(['backup', copy('changed.dump')]);
  const { code, stdout } = await runProgram(['backup', 'check', copy('changed.dump')], {
    env: server.env,
  });
  assert.equal(code, 1);
  assert.match(stdout, /audit: \d+ rows, [1-9]\d* broken/);
  assert.match(stdout, /The copy is not good/);
});
