// guichet doctor on a machine whose clock is off, whose disk is full, whose folder is not the program's.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { runProgram, startServer } from '../support/server.mjs';
import { preload } from './shim.mjs';

const run = promisify(execFile);
const asRoot = (...command) =>
  process.getuid?.() === 0 ? run(command[0], command.slice(1)) : run('sudo', command);

let server;
let folder;
before(async () => {
  server = await startServer({ start: false });
  folder = await mkdtemp('/tmp/guichet-doctor-');
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function check(name, env) {
  const { stdout, stderr } = await runProgram(['doctor', '--json'], {
    env: { ...server.env, ...env },
  });
  assert.match(stdout, /^\{/, stderr);
  return JSON.parse(stdout).checks.find((one) => one.name === name);
}

test('finds_a_clock_that_is_not_that_of_the_database', async () => {
  const clock = await preload('stepped_clock', 'STEPPED_CLOCK_FILE');
  try {
    assert.notEqual((await check('clock', clock.env)).state, 'wrong');
    for (const [seconds, said] of /** @type {const} */ ([
      [60, /^the clock of the database differs by -(59|60)\d{3} ms$/],
      [-60, /^the clock of the database differs by (59|60)\d{3} ms$/],
    ])) {
      clock.set(seconds);
      const { state, found, advice } = await check('clock', clock.env);
      assert.equal(state, 'wrong');
      assert.match(found, said);
      assert.match(advice, /synchronise/);
    }
  } finally {
    await clock.remove();
  }
});

/** A disk of its own for the data folder. */
async function onDisk(megabytes, use) {
  const disk = join(folder, 'disk');
  await mkdir(disk, { recursive: true });
  await asRoot('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'guichet', disk);
  try {
    return await use(disk);
  } finally {
    await asRoot('umount', disk);
  }
}

const keyed = (dataDir) => ({
  GUICHET_DATA_DIR: dataDir,
  GUICHET_MASTER_KEY_FILE: join(server.dataDir, 'master.key'),
});

test('finds_a_disk_without_room_for_uploads', async () => {
  const full = await onDisk(64, (disk) => check('disk', keyed(disk)));
  assert.equal(full.state, 'wrong');
  assert.match(full.found, /has (63|64) MiB free$/);
  const small = await onDisk(512, (disk) => check('disk', keyed(disk)));
  assert.equal(small.state, 'warning');
  assert.match(small.advice, /GUICHET_UPLOADS_MB/);
  const enough = await onDisk(512, (disk) =>
    check('disk', { ...keyed(disk), GUICHET_UPLOADS_MB: '100' }),
  );
  assert.equal(enough.state, 'good');
});

test('finds_a_folder_that_is_not_there_or_not_its_own', async () => {
  const missing = await check('disk', keyed(join(folder, 'nowhere')));
  assert.equal(missing.state, 'wrong');
  assert.match(missing.found, /nowhere is not there$/);
  assert.match(missing.advice, /GUICHET_DATA_DIR/);
  const locked = join(folder, 'locked');
  await mkdir(locked);
  await chmod(locked, 0o500);
  if (process.getuid?.() === 0) await asRoot('mount', '--bind', '-o', 'ro', locked, locked);
  try {
    const { state, found } = await check('disk', keyed(locked));
    assert.equal(state, 'wrong');
    assert.match(found, /locked is not writable$/);
  } finally {
    if (process.getuid?.() === 0) await asRoot('umount', locked);
  }
});
