// A PostgreSQL of a test's own, which it may stop, freeze or starve.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Database } from './database.mjs';

const GUIDE = new URL('../../api/deploy/README.md', import.meta.url);

const SCRIPT = fileURLToPath(new URL('../../script/cluster', import.meta.url));

export class Cluster {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;

  /**
   * @param {string} folder of its socket, and of its data unless `data` says otherwise
   * @param {{data?: string, env?: Record<string, string>, options?: string[]}} options
   */
  constructor(folder, { data = join(folder, 'pg'), env = {}, options = [] }) {
    Object.assign(this, { folder, data, env, options });
    /** Its database, not migrated yet, for `startServer`. */
    this.database = new Database(folder, 'guichet');
    this.database.drop = async () => [];
  }

  /** Starts it, again after a stop, and returns once it answers. */
  async start() {
    const args = [this.data, this.folder, ...this.options];
    const env = { ...process.env, ...this.env };
    this.#child = spawn(SCRIPT, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
    const [said] = await Promise.race([
      once(this.#child.stdout, 'data'),
      once(this.#child, 'exit').then(([code]) => [`script/cluster ended with ${code}`]),
    ]);
    if (String(said).trim() !== 'ready') throw new Error(String(said));
    return this;
  }

  /**
   * What an administrator's new server holds: what `api/deploy/README.md` has them make and nothing else. Returns
   * the connection string of the owner, whom row-level security holds; the role is `guichet_keeper`, since
   * `guichet_owner` may do everything here.
   */
  async prepareAsTheGuideSays() {
    const statements = /^CREATE ROLE guichet_owner[\s\S]*?(?=^SQL$)/m.exec(
      await readFile(GUIDE, 'utf8'),
    );
    if (!statements) throw new Error('api/deploy/README.md creates no guichet_owner');
    await this.database.admin('drop database guichet');
    await this.database.admin('drop role guichet_app');
    for (const statement of statements[0].split(';').filter((text) => text.trim() !== '')) {
      await this.database.admin(statement.replaceAll('guichet_owner', 'guichet_keeper'));
    }
    return this.database.ownerUrl.replace('guichet_owner', 'guichet_keeper');
  }

  get isRunning() {
    return this.#child !== undefined && this.#child.exitCode === null;
  }

  async stop() {
    if (!this.isRunning) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await ended;
  }

  /** Stops it and removes what it had. */
  async remove() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The server and all its backends. */
  async #processes() {
    const pid = (await readFile(join(this.data, 'postmaster.pid'), 'utf8')).split('\n')[0];
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return [pid, ...children.split(' ')].map(Number).filter(Boolean);
  }

  /** Every process of it stands still: connections stay open and nobody answers. */
  async freeze() {
    for (const pid of await this.#processes()) signal(pid, 'SIGSTOP');
  }

  async thaw() {
    for (const pid of await this.#processes()) signal(pid, 'SIGCONT');
  }
}

/** A backend may end between the list of them and the signal. */
function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** A cluster in a new folder; `start()` is yours to call. */
export async function newCluster(options = {}) {
  return new Cluster(await mkdtemp('/tmp/gd-'), options);
}
