// One private PostgreSQL for a test run, and a fresh migrated database for each server: a copy of a
// template, which takes some tens of milliseconds.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { query } from './postgres.mjs';
import { waitFor } from './wait.mjs';

const SCRIPTS = fileURLToPath(new URL('../../script/', import.meta.url));

/** @type {Promise<string> | undefined} */
let socket;

// The run's cluster where script/test started one; else this process has its own until it ends.
function findSocket() {
  socket ??= process.env.GUICHET_TEST_SOCKET
    ? Promise.resolve(process.env.GUICHET_TEST_SOCKET)
    : startOwn();
  return socket;
}

async function startOwn() {
  const command = ['sh', '-c', 'printf "%s\\n" "$GUICHET_TEST_SOCKET"; exec cat >/dev/null'];
  const child = spawn(`${SCRIPTS}with-database`, command, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`script/with-database ended with ${code}`);
    }),
  ]);
  // From here on it does not keep this process alive; it ends when its stdin closes.
  child.unref();
  /** @type {import('node:net').Socket} */ (child.stdin).unref();
  /** @type {import('node:net').Socket} */ (child.stdout).unref();
  return line;
}

const OWNER = 'guichet_owner';
const url = (folder, user, name) => `postgresql:///${name}?host=${folder}&user=${user}`;

export class Database {
  constructor(folder, name) {
    this.folder = folder;
    this.name = name;
    /** As guichet_app, who serves. */
    this.url = url(folder, 'guichet_app', name);
    /** As guichet_owner, who migrates and whom row-level security does not hold. */
    this.ownerUrl = url(folder, OWNER, name);
    this.adminUrl = url(folder, OWNER, 'postgres');
  }

  /** The settings of a program that reaches it through PgBouncer at this port. */
  pooledSettings(port) {
    return {
      GUICHET_DATABASE_URL: `postgresql://guichet_app@127.0.0.1:${port}/${this.name}`,
      GUICHET_DATABASE_LISTEN_URL: this.url,
      GUICHET_DATABASE_PREPARED: 'off',
    };
  }

  /** Runs SQL as the owner and returns its rows as lines, cells parted by tabs. */
  async sql(text) {
    const rows = await query({ folder: this.folder, user: OWNER, database: this.name }, text);
    return rows.map((cells) => cells.join('\t'));
  }

  /** Runs one SELECT as the owner and returns its rows as objects. */
  async rows(select) {
    const lines = await this.sql(`select coalesce(json_agg(r), '[]') from (${select}) r`);
    return JSON.parse(lines.join(''));
  }

  /**
   * Takes locks by a statement and holds them until the function that it gives is called.
   * @returns {Promise<() => Promise<void>>}
   */
  async hold(statement) {
    const text = `begin; ${statement}; select pg_sleep(600)`;
    const held = this.sql(text).catch(() => undefined);
    const [pid] = await waitFor('the lock', async () => {
      const found = await this.sql(
        `select pid from pg_stat_activity where query = '${text.replaceAll("'", "''")}' and wait_event = 'PgSleep'`,
      );
      return found.length === 1 && found;
    });
    return async () => {
      await this.sql(`select pg_terminate_backend(${pid})`);
      await held;
    };
  }

  /** Runs one statement beside it, in the database postgres. */
  admin(statement) {
    return query({ folder: this.folder, user: OWNER, database: 'postgres' }, statement);
  }

  drop() {
    return this.admin(`drop database if exists ${this.name} with (force)`);
  }
}

/** A new database with the migrations applied and nothing else in it. */
export async function createDatabase() {
  const database = new Database(await findSocket(), `t_${randomBytes(6).toString('hex')}`);
  await database.admin(`create database ${database.name} template guichet_template`);
  return database;
}
