// Programs of others in the foreground: started on files of the house with this machine's ports, ended by
// their pid, and never left behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { waitFor } from './wait.mjs';

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

const isRoot = process.getuid?.() === 0;
const numberOf = (option) =>
  Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }).trim());
// PostgreSQL, Patroni and PgBouncer refuse to be root.
const AS_POSTGRES = isRoot
  ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups']
  : [];

export class Daemon {
  constructor(child) {
    this.child = child;
    this.output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.output += text));
    }
  }

  get isRunning() {
    return running.has(this.child);
  }

  async stop(signal = 'SIGTERM') {
    if (!this.isRunning) return;
    const closed = once(this.child, 'exit');
    this.child.kill(signal);
    await closed;
  }
}

/**
 * Starts a program and returns when it is ready.
 * @param {string[]} command
 * @param {{ready: () => unknown, asPostgres?: boolean, env?: Record<string, string>}} options
 */
export async function startDaemon(command, { ready, asPostgres = false, env = {} }) {
  const as = asPostgres ? AS_POSTGRES : [];
  const [program, ...args] = [...as, 'setpriv', '--pdeathsig', 'TERM', ...command];
  const child = spawn(program, args, {
    cwd: '/',
    env: { PATH: `${process.env.PATH}:/usr/sbin`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const daemon = new Daemon(child);
  await waitFor(command[0], () => {
    if (!daemon.isRunning) throw new Error(`${command.join(' ')} ended:\n${daemon.output}`);
    return ready();
  });
  return daemon;
}

/** Whether something listens there. */
export function accepts(port) {
  const socket = net.connect(port, '127.0.0.1');
  return new Promise((done) => {
    socket.once('connect', () => done(true)).once('error', () => done(false));
  }).finally(() => socket.destroy());
}

/** A folder that the user postgres may use too; `remove()` it at the end. */
export async function makeFolder() {
  const path = await mkdtemp('/tmp/guichet-');
  if (isRoot) await chown(path, numberOf('-u'), numberOf('-g'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/**
 * A file of api/deploy as it would be on a machine with other addresses and folders.
 * @param {string} name below api/deploy
 * @param {string} target
 * @param {[string, string | number][]} changes what stands there, what shall stand there instead
 */
export async function deployFile(name, target, changes) {
  const source = fileURLToPath(new URL(`../../api/deploy/${name}`, import.meta.url));
  let text = await readFile(source, 'utf8');
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${name} does not say ${from}`);
    text = text.replaceAll(from, String(to));
  }
  await writeFile(target, text, { mode: 0o644 });
  return target;
}
