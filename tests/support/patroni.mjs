// PostgreSQL as a primary and a synchronous standby under Patroni, with etcd, by the files of api/deploy.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deployFile, startDaemon } from './daemon.mjs';
import { Database } from './database.mjs';
import { freePort } from './ports.mjs';
import { waitFor } from './wait.mjs';

const run = promisify(execFile);
const NAMES = ['one', 'two'];
// What a test cannot wait for: the disk. A kill of the program loses nothing that the kernel has. Pages
// are written whole all the same: pg_rewind refuses to repair a former primary otherwise.
const FAST = "max_connections: 100\n        fsync: 'off'";

function binFolder() {
  const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  return `/usr/lib/postgresql/${versions.find((v) => existsSync(`/usr/lib/postgresql/${v}/bin/initdb`))}/bin`;
}

async function ask(port, path) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
  const body = await answer?.json().catch(() => undefined);
  return answer?.status === 200 ? body : undefined;
}

export class Patroni {
  /** @param {string} folder of makeFolder() */
  constructor(folder) {
    this.folder = folder;
    this.nodes = [];
  }

  async start() {
    const [client, peer] = [await freePort(), await freePort()];
    this.etcdPort = client;
    const at = (port) => `http://127.0.0.1:${port}`;
    const flags = {
      'data-dir': join(this.folder, 'etcd'),
      'listen-client-urls': at(client),
      'advertise-client-urls': at(client),
      'listen-peer-urls': at(peer),
      'initial-advertise-peer-urls': at(peer),
      'initial-cluster': `default=${at(peer)}`,
    };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    this.etcd = await startDaemon(['etcd', '--unsafe-no-fsync', ...args], {
      ready: () => ask(client, '/health'),
    });
    for (const name of NAMES) {
      const [port, restPort] = [await freePort(), await freePort()];
      this.nodes.push({ name, port, restPort, dataDir: join(this.folder, name) });
    }
    for (const node of this.nodes) await this.startNode(node);
    return this;
  }

  /** Starts Patroni on a node, also again; returns once its PostgreSQL follows or leads. */
  async startNode(node) {
    const file = await deployFile('patroni/guichet.yml', join(this.folder, `${node.name}.yml`), [
      ['name: one', `name: ${node.name}`],
      ['127.0.0.1:2379', `127.0.0.1:${this.etcdPort}`],
      ['127.0.0.1:8008', `127.0.0.1:${node.restPort}`],
      ['127.0.0.1:5433', `127.0.0.1:${node.port}`],
      ['/var/lib/postgresql/guichet/one.pgpass', `${node.dataDir}.pgpass`],
      ['/var/lib/postgresql/guichet/one', node.dataDir],
      ['/usr/lib/postgresql/15/bin', binFolder()],
      ['max_connections: 100', FAST],
      ['unix_socket_directories: /run/postgresql', `unix_socket_directories: ${this.folder}`],
    ]);
    node.daemon = await startDaemon(['patroni', file], {
      asPostgres: true,
      ready: async () => (await ask(node.restPort, '/health'))?.state === 'running',
    });
  }

  async stop() {
    for (const node of this.nodes) await node.daemon?.stop();
    await this.etcd?.stop();
  }

  async find(path) {
    for (const node of this.nodes) {
      if (await ask(node.restPort, path)) return node;
    }
    return undefined;
  }

  /** The primary; `but` is one that does not know yet that it is none. */
  primary(but) {
    const found = async () => {
      const node = await this.find('/primary');
      return node !== but && node;
    };
    return waitFor('a primary', found, { everyMs: 100 });
  }

  // As etcd has it, who lets it take over, and as the primary has it, who waits for it.
  async findSynchronous() {
    const standby = await this.find('/synchronous');
    const primary = await this.find('/primary');
    if (!standby || !primary || standby === primary) return undefined;
    const url = `postgresql://guichet_owner@127.0.0.1:${primary.port}/postgres`;
    const rows = await psql(
      url,
      `select 1 from pg_stat_replication where application_name = '${standby.name}' and sync_state = 'sync'`,
    ).catch(() => []);
    return rows.length === 1 && standby;
  }

  /** The standby that every COMMIT waits for. */
  async synchronous() {
    try {
      return await waitFor('a synchronous standby', () => this.findSynchronous(), { everyMs: 100 });
    } catch (error) {
      const said = this.nodes.map(({ name, daemon }) => `${name}:\n${daemon.output.slice(-3000)}`);
      throw new Error([error.message, ...said].join('\n'), { cause: error });
    }
  }

  async postgresPid({ dataDir }) {
    return Number((await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  }

  /** kill -9 of PostgreSQL with all its processes; of Patroni too when the machine is to be lost. */
  async kill(node, { machine = false } = {}) {
    const pid = await this.postgresPid(node);
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim();
    if (machine) await node.daemon.stop('SIGKILL');
    for (const each of [pid, ...children.split(' ').filter(Boolean).map(Number)]) {
      try {
        process.kill(each, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    }
  }

  /** A database with the roles that guichet needs, for anyone who takes one of tests/support. */
  async createDatabase() {
    const database = new PatroniDatabase(this);
    await psql(database.adminUrl, 'create role guichet_app login');
    await psql(database.adminUrl, 'create database guichet');
    return database;
  }

  /** Both nodes, the one that writes: what follows a failover without a proxy. */
  directUrl(user, database = 'guichet') {
    const hosts = this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',');
    return `postgresql://${user}@${hosts}/${database}?target_session_attrs=read-write`;
  }

  /** A planned change of roles, as `patronictl switchover` asks for it. */
  async switchOver(from, to) {
    const answer = await fetch(`http://127.0.0.1:${from.restPort}/switchover`, {
      method: 'POST',
      body: JSON.stringify({ leader: from.name, candidate: to.name }),
    });
    if (answer.status !== 200) throw new Error(`switchover: ${await answer.text()}`);
  }
}

class PatroniDatabase extends Database {
  constructor(patroni) {
    super('', 'guichet');
    this.url = patroni.directUrl('guichet_app');
    this.ownerUrl = patroni.directUrl('guichet_owner');
    this.adminUrl = patroni.directUrl('guichet_owner', 'postgres');
  }

  /** By psql, which finds the node that writes. */
  sql(text) {
    return psql(this.ownerUrl, text);
  }

  admin(statement) {
    return psql(this.adminUrl, statement);
  }

  async drop() {}
}

/** Runs SQL by psql; the rows as lines, cells parted by tabs. */
export async function psql(url, text) {
  const { stdout } = await run('psql', [
    '-XAtq',
    '-F',
    '\t',
    '-v',
    'ON_ERROR_STOP=1',
    url,
    '-c',
    text,
  ]);
  return stdout.split('\n').slice(0, -1);
}
