// The contract through PgBouncer in transaction mode: the same tests, the same program, other settings.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../support/daemon.mjs';
import { createDatabase } from '../support/database.mjs';
import { startPgbouncer } from '../support/pgbouncer.mjs';

const CONTRACT = fileURLToPath(new URL('../contract/', import.meta.url));
// Long transactions, row-level security, COPY, notifications, limits shared by instances.
const SOME = ['gateway_limits', 'tokens_life', 'usage'];
const FULL = process.env.GUICHET_TEST_FULL === '1';

function filesToRun() {
  const files = readdirSync(CONTRACT).filter((name) => name.endsWith('.test.mjs'));
  const chosen = files.filter((name) => FULL || SOME.includes(name.replace('.test.mjs', '')));
  return chosen.map((name) => `${CONTRACT}${name}`);
}

async function runTests(files, env) {
  const inherited = { ...process.env };
  delete inherited.NODE_TEST_CONTEXT; /* else it reports to us and not on its own */
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', ...files], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  const [code] = await once(child, 'close');
  return { code, text };
}

/** What failed, each with the lines that say why. */
const failuresOf = (text) => (text.match(/^ *not ok .*\n(?: +.*\n){0,25}/gm) ?? []).join('');

test('keeps_the_contract_through_pgbouncer_in_transaction_mode', async (t) => {
  const folder = await makeFolder();
  t.after(folder.remove);
  const database = await createDatabase();
  t.after(() => database.drop());
  const socket = new URLSearchParams(database.url.split('?')[1]).get('host');
  const pgbouncer = await startPgbouncer(folder.path, `* = host=${socket}`);
  t.after(() => pgbouncer.stop());
  const { code, text } = await runTests(filesToRun(), {
    GUICHET_TEST_POOLER_PORT: String(pgbouncer.port),
    GUICHET_TEST_SOCKET: socket,
  });
  assert.equal(code, 0, failuresOf(text).slice(0, 8000));
  t.diagnostic(/# pass \d+/.exec(text)[0]);
  assert.match(pgbouncer.output, /login attempt: .*user=guichet_app/);
});
