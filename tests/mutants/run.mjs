// Who notices? Each mutant is put into a copy of the repository, built there, and shown to the tests that
// it names. `node tests/mutants/run.mjs [PATTERN]`: those whose name matches. Ends with "killed survived".
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ROOT, files } from '../lint/house.mjs';
import { mutate, readMutants } from './mutants.mjs';

const KILLED_AT_LEAST = 0.9;
const TEST_TIMEOUT_MS = 300_000;
const BUILD_TIMEOUT_MS = 1_800_000;

function say(text) {
  process.stdout.write(`${text}\n`);
}

/** The files that git holds or would hold, in a folder of their own. */
function copyRepository() {
  const folder = mkdtempSync('/tmp/guichet-mutants-');
  for (const path of files()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path), { verbatimSymlinks: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

const needsServer = (test) => test.endsWith('.mjs') && !test.startsWith('tests/frontend/');
const needsDatabase = (test) => test.startsWith('store_') || needsServer(test);

class Scratch {
  constructor() {
    this.folder = copyRepository();
    this.env = {
      ...process.env,
      GUICHET_BIN: join(this.folder, 'build', 'guichet'),
      GUICHET_TEST_FULL: '0',
    };
    delete this.env.NODE_TEST_CONTEXT;
    if (spawnSync('ccache', ['--version']).status === 0) {
      this.env.CMAKE_C_COMPILER_LAUNCHER = 'ccache';
    }
  }

  #run(command, args, timeoutMs = BUILD_TIMEOUT_MS) {
    const options = {
      cwd: this.folder,
      env: this.env,
      encoding: /** @type {const} */ ('utf8'),
      maxBuffer: 1 << 28,
    };
    // Ends the whole group: a server whose test is gone would hold the output open for ever.
    const limit = ['--kill-after=10', `${timeoutMs / 1000}`];
    const { status, stdout, stderr } = spawnSync('timeout', [...limit, command, ...args], options);
    return { ok: status === 0, said: `${stdout}${stderr}` };
  }

  /** What these tests run, as far as it changed since the last build. */
  build(tests) {
    const programs = tests.filter((name) => !name.endsWith('.mjs'));
    // The program migrates the database that store tests run on, too.
    const targets = [...programs];
    if (tests.some(needsDatabase)) targets.push('guichet');
    if (tests.some(needsServer)) targets.push('outbound_probe');
    const steps = ['{ [ -f build/build.ninja ] || cmake --preset release; }'];
    if (targets.length > 0) steps.push(`cmake --build build --target ${targets.join(' ')}`);
    if (tests.some(needsServer)) steps.push('node frontend/assemble.mjs build/www');
    return this.#run('bash', ['-c', steps.join(' && ')]);
  }

  /** Whether these tests pass, and what they said. */
  test(tests) {
    const programs = tests.filter((name) => !name.endsWith('.mjs'));
    const files = tests.filter((name) => name.endsWith('.mjs'));
    const commands = programs.map((name) => `build/tests/${name}`);
    if (files.length > 0) {
      const options = `--test --test-concurrency=${availableParallelism()} --test-timeout=${TEST_TIMEOUT_MS}`;
      commands.push(`node ${options} ${files.join(' ')}`);
    }
    const shell = ['bash', '-c', commands.join(' && ')];
    const [command, ...args] = tests.some(needsDatabase)
      ? ['script/with-database', ...shell]
      : shell;
    return this.#run(command, args, TEST_TIMEOUT_MS * 2);
  }

  /** Runs `look` with the mutant in its file. */
  with(mutant, look) {
    const path = join(this.folder, mutant.file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, mutate(text, mutant));
    try {
      return look();
    } finally {
      writeFileSync(path, text);
    }
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Fails unless everything passes without a mutant: what fails anyway finds nothing. */
function checkUnmutated(scratch, mutants) {
  const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
  // The program that migrates is always there.
  const built = scratch.build([...tests, 'guichet']);
  assert.ok(built.ok, built.said.slice(-4000));
  const { ok, said } = scratch.test(tests);
  assert.ok(ok, `without a mutant:\n${said.slice(-4000)}`);
}

function isKilled(scratch, mutant) {
  return scratch.with(mutant, () => {
    const built = scratch.build(mutant.tests);
    assert.ok(built.ok, `${mutant.name} is not built:\n${built.said.slice(-2000)}`);
    return !scratch.test(mutant.tests).ok;
  });
}

const pattern = new RegExp(process.argv[2] ?? '');
const mutants = readMutants().filter(({ name }) => pattern.test(name));
assert.ok(mutants.length > 0, `no mutant is called ${pattern}`);
const scratch = new Scratch();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
process.on('exit', () => scratch.remove());
checkUnmutated(scratch, mutants);
const survivors = [];
for (const mutant of mutants) {
  await setImmediate(); // signals are heard
  const start = Date.now();
  const killed = isKilled(scratch, mutant);
  if (!killed) survivors.push(mutant.name);
  say(
    `${killed ? 'killed  ' : 'SURVIVED'} ${mutant.name} (${Math.round((Date.now() - start) / 1000)} s)`,
  );
}
const rate = 1 - survivors.length / mutants.length;
say(
  `${mutants.length - survivors.length} of ${mutants.length} killed (${Math.floor(rate * 100)} %)`,
);
process.exitCode = rate >= KILLED_AT_LEAST ? 0 : 1;
