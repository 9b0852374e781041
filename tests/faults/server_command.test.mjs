// script/server as a person at a terminal or a supervisor meets it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/ports.mjs';
import { runProgram } from '../support/server.mjs';
import { waitFor } from '../support/wait.mjs';

const SCRIPT = fileURLToPath(new URL('../../script/server', import.meta.url));
const folders = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function newFolder() {
  const folder = await mkdtemp('/tmp/guichet-test-');
  folders.push(folder);
  return folder;
}

/** Starts the command and waits for what it prints at the end of its start. */
async function start(dataDir, { cwd = dirname(dataDir), env = {}, port } = {}) {
  const listening = port ?? (await freePort());
  const bare = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('GUICHET_')),
  );
  const settings = {
    GUICHET_PORT: String(listening),
    GUICHET_DATA_DIR: dataDir,
    GUICHET_DEMO: '0',
  };
  const child = spawn(SCRIPT, [], { cwd, env: { ...bare, ...settings, ...env } });
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => (said.text += chunk));
  }
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  await waitFor('the last line of the start', () => {
    if (child.exitCode !== null) return true;
    return said.text.includes('Arrêt : Ctrl-C');
  });
  return { child, ended, said, url: `http://127.0.0.1:${listening}` };
}

async function isReady(url) {
  const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.status === 200;
}

async function databaseOf(folder) {
  const pid = (await readFile(join(folder, 'pg', 'postmaster.pid'), 'utf8')).split('\n')[0];
  return Number(pid);
}

// A process that ended may wait for its parent to notice.
function isAlive(pid) {
  try {
    return existsSync(`/proc/${pid}/exe`) && process.kill(pid, 0);
  } catch {
    return false;
  }
}

for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT'])) {
  test(`ends_with_0_and_stops_its_database_on_${signal}`, async () => {
    const folder = join(await newFolder(), 'données et espaces');
    const server = await start(folder);
    assert.ok(await isReady(server.url));
    const database = await databaseOf(folder);
    server.child.kill(signal);
    assert.equal(await server.ended, 0, server.said.text);
    assert.doesNotMatch(server.said.text, /"event":"started"/);
    assert.match(await readFile(join(folder, 'guichet.log'), 'utf8'), /"event":"started"/);
    assert.ok(!isAlive(database));
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('database')),
      [],
    );
  });
}

test('restarts_after_a_kill_with_its_data', async () => {
  const folder = join(await newFolder(), 'data');
  const first = await start(folder);
  const database = await databaseOf(folder);
  const key = await readFile(join(folder, 'master.key'), 'utf8');
  const socket = /host=([^&]+)/.exec(await readFile(join(folder, 'database-url'), 'utf8'))?.[1];
  first.child.kill('SIGKILL');
  await first.ended;
  await waitFor('the database to follow its parent', () => !isAlive(database));
  const second = await start(folder, { port: Number(new URL(first.url).port) });
  assert.ok(await isReady(second.url));
  assert.equal(await readFile(join(folder, 'master.key'), 'utf8'), key);
  assert.ok(!existsSync(String(socket)), 'the socket of the killed one is gone');
  second.child.kill('SIGTERM');
  assert.equal(await second.ended, 0);
});

test('two_instances_run_at_once_and_relative_folders_resolve_from_the_caller', async () => {
  const here = await newFolder();
  const servers = await Promise.all(['one', 'two'].map((name) => start(name, { cwd: here })));
  assert.deepEqual(await Promise.all(servers.map(({ url }) => isReady(url))), [true, true]);
  assert.deepEqual((await readdir(here)).sort(), ['one', 'two']);
  for (const server of servers) server.child.kill('SIGTERM');
  assert.deepEqual(await Promise.all(servers.map(({ ended }) => ended)), [0, 0]);
});

test('refuses_a_folder_and_a_port_that_are_in_use', async () => {
  const folder = join(await newFolder(), 'data');
  const first = await start(folder);
  const sameFolder = await start(folder);
  assert.equal(await sameFolder.ended, 1);
  assert.match(sameFolder.said.text, /another script\/server/);
  const samePort = await start(`${folder}-other`, { port: Number(new URL(first.url).port) });
  assert.equal(await samePort.ended, 1);
  assert.match(samePort.said.text, /port \d+ is taken/);
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0);
});

test('refuses_lifted_limits_unless_bound_to_loopback', async () => {
  const folder = join(await newFolder(), 'data');
  const server = await start(folder, {
    env: { GUICHET_BIND: '0.0.0.0', GUICHET_RATE_LIMITS: 'off' },
  });
  assert.notEqual(await server.ended, 0);
  assert.match(server.said.text, /GUICHET_RATE_LIMITS/);
});

test('refuses_demo_accounts_off_loopback', async () => {
  for (const env of [{ GUICHET_BIND: '0.0.0.0' }, { GUICHET_PUBLIC_URL: 'http://demo.example' }]) {
    const folder = join(await newFolder(), 'data');
    const server = await start(folder, { env: { ...env, GUICHET_DEMO: '' } });
    assert.notEqual(await server.ended, 0);
    assert.match(server.said.text, /GUICHET_DEMO/);
  }
  // Nor does it serve, with the demo switched off, what an earlier start has left.
  const folder = join(await newFolder(), 'data');
  const local = await start(folder, { env: { GUICHET_DEMO: '1' } });
  local.child.kill('SIGTERM');
  assert.equal(await local.ended, 0);
  const open = await start(folder, { env: { GUICHET_BIND: '0.0.0.0' } });
  assert.notEqual(await open.ended, 0);
  assert.match(
    open.said.text,
    /camille\.martin@clamart\.example is an account of the demonstration/,
  );
});

test('keeps_its_secrets_private', async () => {
  const folder = join(await newFolder(), 'data');
  const server = await start(folder);
  for (const name of ['master.key', 'database-url', 'database-owner-url']) {
    assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600, name);
  }
  assert.equal((await stat(join(folder, 'pg'))).mode & 0o777, 0o700);
  server.child.kill('SIGTERM');
  await server.ended;
});

test('other_commands_find_the_running_private_database', async () => {
  const folder = join(await newFolder(), 'data');
  const server = await start(folder);
  const result = await runProgram(['verify-audit'], { env: { GUICHET_DATA_DIR: folder } });
  assert.equal(result.code, 0, result.stderr);
  server.child.kill('SIGTERM');
  await server.ended;
});
