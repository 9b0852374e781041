// What the order of the audit costs: every transaction that writes holds one lock from its audit entry to the
// end of its COMMIT. Beside it the same transactions with a trigger that locks and chains nothing.
//   node tests/bench/audit.mjs [seconds, 5]
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newCluster } from '../support/cluster.mjs';
import { runProgram } from '../support/server.mjs';

const run = promisify(execFile);
const seconds = process.argv[2] ?? '5';
const CLIENTS = [1, 2, 4, 8, 16];
const AUDIT = `INSERT INTO audit (actor_kind, action, subject_type, subject_id, detail, hash)
  VALUES ('system', 'bench.write', 'bench', 'x', '{}', '')`;

// As a server that is to keep what it acknowledged writes.
const cluster = await newCluster({
  options: ['-c', 'fsync=on', '-c', 'full_page_writes=on', '-c', 'synchronous_commit=on'],
});
const folder = await mkdtemp('/tmp/guichet-bench-');
try {
  await cluster.start();
  const { database } = cluster;
  const env = { GUICHET_DATABASE_OWNER_URL: database.ownerUrl, GUICHET_DATABASE_URL: database.url };
  const migrated = await runProgram(['migrate'], { env });
  if (migrated.code !== 0) throw new Error(migrated.stderr);
  const script = join(folder, 'act.sql');
  await writeFile(
    script,
    `BEGIN;
     SELECT set_config('app.is_system', 'on', true);
     INSERT INTO rate_window (token_id, limit_key, started_at, used, granted)
       VALUES (gen_random_uuid(), 'bench', now(), 1, 1);
     ${AUDIT};
     COMMIT;\n`,
  );
  const perSecond = async (clients) => {
    const args = [
      '-n',
      '-f',
      script,
      '-T',
      seconds,
      '-c',
      String(clients),
      '-j',
      '2',
      database.ownerUrl,
    ];
    const { stdout } = await run('pgbench', args);
    return Math.round(Number(/tps = ([\d.]+)/.exec(stdout)?.[1]));
  };
  const figures = {};
  for (const clients of CLIENTS) figures[clients] = { ordered: await perSecond(clients) };
  await database.sql(
    `create or replace function audit_chain() returns trigger language plpgsql as $$
    begin
      new.id := nextval('bench_seq');
      new.hash := audit_row_hash(null, new);
      return new;
    end $$;
    `.replace('create', 'create sequence bench_seq start 100000000; create'),
  );
  for (const clients of CLIENTS) figures[clients].unordered = await perSecond(clients);
  console.log('| writers at once | acts a second, chained | without order |');
  console.log('|---|---|---|');
  for (const clients of CLIENTS)
    console.log(`| ${clients} | ${figures[clients].ordered} | ${figures[clients].unordered} |`);
} finally {
  await cluster.remove();
  await rm(folder, { recursive: true, force: true });
}
