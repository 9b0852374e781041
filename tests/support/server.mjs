// A real Guichet on a free port with a database and a data folder of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from './client.mjs';
import { createDatabase } from './database.mjs';
import { Mailbox } from './mail.mjs';
import { freePort } from './ports.mjs';
import { waitFor } from './wait.mjs';

/** The program under test. */
export const PROGRAM =
  process.env.GUICHET_BIN ?? fileURLToPath(new URL('../../build/guichet', import.meta.url));
/** Port of a PgBouncer that stands before the run's cluster. */
const POOLER = process.env.GUICHET_TEST_POOLER_PORT;
const FRONTEND = fileURLToPath(new URL('../../build/www', import.meta.url));
const SANITIZER = /(Address|Leak|Thread|UndefinedBehavior)Sanitizer|runtime error:/;

// Fails with the first report of a sanitizer.
function refuseReports(stderr) {
  const at = stderr.search(SANITIZER);
  if (at >= 0) assert.fail(stderr.slice(Math.max(0, at - 200), at + 6000));
}

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** The environment without settings: those of who runs the tests do not reach the program, nor those of the tests. */
export function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('GUICHET_')),
  );
}

/**
 * Runs a command of the program to its end.
 * @param {string[]} args
 * @param {{env?: Record<string, string>, input?: string, cwd?: string, program?: string}} [options]
 * @returns {Promise<{code: number | null, signal: string | null, stdout: string, stderr: string}>}
 */
export async function runProgram(args, { env = {}, input = '', cwd, program = PROGRAM } = {}) {
  const child = spawn(program, args, { cwd, env: { ...cleanEnvironment(), ...env } });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code, signal] = await once(child, 'close');
  refuseReports(stderr.text);
  return { code, signal, stdout: stdout.text, stderr: stderr.text };
}

function collect(stream) {
  const sink = { text: '' };
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => (sink.text += chunk));
  return sink;
}

export class Server {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  #stderr = { text: '' };

  constructor(fields) {
    Object.assign(this, fields);
    this.mailbox = new Mailbox(join(this.dataDir, 'mail'));
  }

  get pid() {
    return this.#child?.pid;
  }

  get hasEnded() {
    return !this.#child || !running.has(this.#child);
  }

  /** The signal that ended the program, null where it ended by itself or runs. */
  get endedBy() {
    return this.#child?.signalCode ?? null;
  }

  /** Everything that was written to stderr since the last start. */
  get stderr() {
    return this.#stderr.text;
  }

  /** The log lines since the last start, parsed. */
  get logs() {
    return this.stderr
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }

  /** A client without session. */
  client(options) {
    return new Client(this.url, options);
  }

  /** What the monitoring reads, from the port of its own. */
  async metrics() {
    const answer = await fetch(`${this.managementUrl}/metrics`);
    assert.equal(answer.status, 200);
    return answer.text();
  }

  /** Runs a command of the program with this server's settings; fails unless it ends with 0. */
  async command(args, input) {
    const result = await runProgram(args, { env: this.env, input, program: this.program });
    assert.equal(result.code, 0, `guichet ${args.join(' ')}: ${result.stderr}`);
    return result.stdout;
  }

  /** Starts the program, again after a stop or a kill, and returns once it is ready. */
  async start() {
    const child = this.launch();
    await waitFor('readiness', async () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`guichet serve ended before it was ready:\n${this.stderr}`);
      }
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      await answer?.arrayBuffer();
      return answer?.status === 200;
    });
    return this;
  }

  /** Starts the program and waits for nothing. */
  launch() {
    const child = spawn(this.program, ['serve'], {
      env: { ...cleanEnvironment(), ...this.env },
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.#stderr = collect(child.stderr);
    return child;
  }

  /** Ends the program as an operator would and checks that it ends well. */
  async end() {
    const child = this.#child;
    if (!child || !running.has(child)) {
      refuseReports(this.stderr);
      return;
    }
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    const [code, signal] = await closed;
    refuseReports(this.stderr);
    assert.equal(
      code,
      0,
      `guichet serve ended with ${code ?? signal}:\n${this.stderr.slice(-4000)}`,
    );
  }

  /** Sends a signal; after SIGKILL, waits for the end. Nothing where it ended by itself. */
  async kill(signal = 'SIGKILL') {
    if (!running.has(this.#child)) return;
    const closed = once(this.#child, 'close');
    this.#child.kill(signal);
    if (signal === 'SIGKILL') await closed;
  }

  /** Ends the program and removes what it had. */
  async stop() {
    try {
      await this.end();
    } finally {
      if (this.owns.database) await this.database.drop();
      if (this.owns.dataDir) await rm(this.dataDir, { recursive: true, force: true });
    }
  }
}

/**
 * A server that somebody else runs (GUICHET_BASE_URL): everything that goes through the address
 * works, commands and the database do not.
 */
class RemoteServer {
  constructor(url) {
    this.url = url.replace(/\/$/, '');
    this.mailbox = new Mailbox(join(process.env.GUICHET_DATA_DIR ?? '.guichet', 'mail'));
  }

  client(options) {
    return new Client(this.url, options);
  }

  command(args, input) {
    const { GUICHET_DATA_DIR = '.guichet', GUICHET_DATABASE_URL } = process.env;
    const env = { GUICHET_DATA_DIR, ...(GUICHET_DATABASE_URL && { GUICHET_DATABASE_URL }) };
    return runProgram(args, { env, input }).then(({ code, stdout, stderr }) => {
      assert.equal(code, 0, `guichet ${args.join(' ')}: ${stderr}`);
      return stdout;
    });
  }

  async stop() {}
}

/** Of each database: what one server sealed another one opens. @type {WeakMap<object, string>} */
const masterKeys = new WeakMap();

/** @param {import('./database.mjs').Database} database */
function masterKeyOf(database) {
  const key = masterKeys.get(database) ?? randomBytes(32).toString('base64');
  masterKeys.set(database, key);
  return key;
}

/**
 * @param {object} [options]
 * @param {Record<string, string>} [options.env] settings beside or instead of the usual ones
 * @param {import('./database.mjs').Database} [options.database] shared with another server
 * @param {string} [options.dataDir] shared with another server
 * @param {string} [options.program] another program than the one under test
 * @param {boolean} [options.start] false: everything is prepared, `start()` is yours to call
 * @returns {Promise<Server>}
 */
export async function startServer({
  env = {},
  database,
  dataDir,
  program = PROGRAM,
  start = true,
} = {}) {
  if (process.env.GUICHET_BASE_URL) {
    return /** @type {any} */ (new RemoteServer(process.env.GUICHET_BASE_URL));
  }
  const port = env.GUICHET_PORT ?? String(await freePort());
  const own = database ?? (await createDatabase());
  const folder = dataDir ?? (await mkdtemp('/tmp/guichet-'));
  const url = `http://127.0.0.1:${port}`;
  const management = env.GUICHET_MANAGEMENT_BIND ?? `127.0.0.1:${await freePort()}`;
  await mkdir(join(folder, 'mail'), { recursive: true });
  if (!dataDir) {
    await writeFile(join(folder, 'master.key'), masterKeyOf(own), {
      mode: 0o600,
    });
  }
  const server = new Server({
    program,
    url,
    port: Number(port),
    managementUrl: `http://${management}`,
    database: own,
    dataDir: folder,
    owns: { database: !database, dataDir: !dataDir },
    env: {
      GUICHET_PORT: port,
      GUICHET_PUBLIC_URL: url,
      GUICHET_MANAGEMENT_BIND: management,
      GUICHET_DATA_DIR: folder,
      GUICHET_WWW_DIR: FRONTEND,
      GUICHET_DATABASE_URL: own.url,
      ...(POOLER && own.pooledSettings(POOLER)),
      GUICHET_DATABASE_OWNER_URL: own.ownerUrl,
      GUICHET_DATABASE_CONNECTIONS: '4',
      GUICHET_RATE_LIMITS: 'off',
      GUICHET_PASSWORD_MEMORY_MB: '1',
      GUICHET_DEMO: '0',
      ...env,
    },
  });
  return start ? server.start() : server;
}
