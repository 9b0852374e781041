// Point-in-time recovery, as api/deploy/UPKEEP.md describes it: a base backup and the archived write-ahead log bring the
// database back to a moment between two acts. Only in the long form: it restores a whole PostgreSQL.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { PASSWORD } from '../support/accounts.mjs';
import { Cluster, newCluster } from '../support/cluster.mjs';
import { cast, createRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { waitFor } from '../support/wait.mjs';

const FULL = process.env.GUICHET_TEST_FULL === '1';
const UPKEEP = new URL('../../api/deploy/UPKEEP.md', import.meta.url);
const run = promisify(execFile);
const asPostgres = process.getuid() === 0;

let folder;
let archive;
let cluster;
let server;
let people;

/** The settings that the page gives between its two marks, with the folder of this test. */
async function settingsOfThePage(mark) {
  const page = await readFile(UPKEEP, 'utf8');
  const text = new RegExp(`^# ${mark}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page);
  assert.ok(text, `${mark} is in UPKEEP.md`);
  return text[1].replaceAll('/var/backups/wal', archive);
}

/** PostgreSQL's own user writes here; root is not PostgreSQL's user. */
async function folderOfPostgres(name) {
  const path = await mkdtemp(join(folder, name));
  if (asPostgres) await run('chown', ['postgres:postgres', path]);
  return path;
}

if (FULL) {
  before(async () => {
    folder = await mkdtemp('/tmp/gp-');
    await chmod(folder, 0o755);
    archive = await folderOfPostgres('wal-');
    const lines = (await settingsOfThePage('postgresql.conf')).split('\n');
    const options = lines
      .map((line) => /^(\w+) = (.*)$/.exec(line))
      .filter((pair) => pair !== null)
      .flatMap(([, name, value]) => ['-c', `${name}=${value.replace(/^'(.*)'$/, '$1')}`]);
    assert.ok(options.length >= 4, 'the page turns the archive on');
    cluster = await newCluster({ options: [...options, '-c', 'full_page_writes=on'] });
    await cluster.start();
    server = await startServer({ database: cluster.database, start: false });
    await server.command(['migrate']);
    await server.start();
    people = await cast(server);
  });
  after(async () => {
    await server?.stop();
    await cluster?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const one = async (sql) => (await cluster.database.sql(sql))[0];

  test('goes_back_to_a_moment_between_two_acts', async () => {
    const base = join(folder, 'base');
    await run('pg_basebackup', [
      '-h',
      cluster.folder,
      '-U',
      'guichet_owner',
      '-D',
      base,
      '-X',
      'none',
      '-c',
      'fast',
    ]);
    const { body: first } = await createRequest(people.applicant.client);
    const moment = await one('select clock_timestamp()::text');
    const { body: second } = await createRequest(people.applicant.client);
    const last = await one('select pg_walfile_name(pg_current_wal_insert_lsn())');
    await cluster.database.admin('select pg_switch_wal()');
    await waitFor('the archive', async () => (await readdir(archive)).includes(last));
    await server.end();
    await cluster.stop();

    const settings = await settingsOfThePage('recovery');
    await appendFile(join(base, 'postgresql.auto.conf'), settings.replaceAll('MOMENT', moment));
    await writeFile(join(base, 'recovery.signal'), '');
    await chmod(base, 0o700);
    if (asPostgres) await run('chown', ['-R', 'postgres:postgres', base]);
    const restored = new Cluster(await mkdtemp('/tmp/gd-'), { data: base });
    try {
      await restored.start();
      await waitFor('the end of the recovery', async () => {
        const [state] = await restored.database.sql('select pg_is_in_recovery()');
        return state === 'f';
      });
      const rows = await restored.database.sql('select id from request');
      assert.ok(rows.includes(first.id), 'the first act is there');
      assert.ok(!rows.includes(second.id), 'the second one is not');
      const again = await startServer({ database: restored.database, dataDir: server.dataDir });
      try {
        assert.match(await again.command(['verify-audit']), /the chain is whole/);
        const client = again.client();
        await client.logIn(people.applicant.email, PASSWORD);
        (await client.get(`/v1/requests/${first.id}`)).expect(200);
        (await client.get(`/v1/requests/${second.id}`)).expect(404);
      } finally {
        await again.end();
      }
    } finally {
      await restored.remove();
    }
  });
}
