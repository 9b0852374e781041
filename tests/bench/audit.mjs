// What the audit costs those who write: acts a second with seals that are made afterwards, beside a chain that is made
// in the transaction (as it was), for which every writer holds one lock to the end of its COMMIT. A program seals
// meanwhile: how many rows a second, and how far behind it is at the end.
//   node tests/bench/audit.mjs [seconds, 5]
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newCluster } from '../support/cluster.mjs';
import { startServer } from '../support/server.mjs';
import { waitFor } from '../support/wait.mjs';

const run = promisify(execFile);
const seconds = process.argv[2] ?? '5';
const CLIENTS = [1, 2, 4, 8, 16];
const AUDIT = `INSERT INTO audit (actor_kind, action, subject_type, subject_id, detail)
  VALUES ('system', 'bench.write', 'bench', 'x', '{}')`;
/** The trigger as it was: next place and hash of the last row, under a lock that ends with the transaction. */
const CHAINED = `create or replace function audit_chain() returns trigger language plpgsql as $$
  declare last record;
  begin
    perform pg_advisory_xact_lock(7239289);
    select a.id, a.hash into last from audit a order by a.id desc limit 1;
    new.id := coalesce(last.id, 0) + 1;
    new.previous_hash := last.hash;
    new.hash := audit_row_hash(new.previous_hash, new);
    return new;
  end $$`;

// As a server that is to keep what it acknowledged writes.
const cluster = await newCluster({
  options: ['-c', 'fsync=on', '-c', 'full_page_writes=on', '-c', 'synchronous_commit=on'],
});
const folder = await mkdtemp('/tmp/guichet-bench-');
let server;
try {
  await cluster.start();
  const { database } = cluster;
  server = await startServer({ database, start: false });
  await server.command(['migrate']);
  await server.start();
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
  for (const clients of CLIENTS) figures[clients] = { sealed: await perSecond(clients) };
  const ask = async (sql) => (await database.rows(sql))[0].n;
  const behind = await ask('select count(*) as n from audit_unsealed');
  const sealed = await ask('select count(*) as n from audit_seal');
  const started = performance.now();
  // What the program wrote itself wakes the sealer; what others wrote waits for its poll.
  await waitFor(
    'the seals',
    async () => (await ask('select count(*) as n from audit_unsealed')) === 0,
    {
      timeoutMs: 120_000,
    },
  );
  const took = (performance.now() - started) / 1000;
  const [{ largest }] = await database.rows(
    `select max(n) as largest from (select count(*) as n from audit_seal group by date_trunc('second', sealed_at)) s`,
  );
  await server.end();
  await database.sql(CHAINED);
  for (const clients of CLIENTS) figures[clients].chained = await perSecond(clients);
  console.log(
    '| writers at once | acts a second, sealed afterwards | chained in the transaction |',
  );
  console.log('|---|---|---|');
  for (const clients of CLIENTS)
    console.log(`| ${clients} | ${figures[clients].sealed} | ${figures[clients].chained} |`);
  console.log(
    `at the end ${sealed} rows sealed, ${behind} not yet, all of them ${took.toFixed(1)} s later; at most ${largest} in a second`,
  );
} finally {
  await server?.end();
  await cluster.remove();
  await rm(folder, { recursive: true, force: true });
}
