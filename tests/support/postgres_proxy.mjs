// Stands between a program and PostgreSQL, to lose what the test wants lost.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';

const SOCKET = '.s.PGSQL.5432';
const COMMITTED = Buffer.from('COMMIT\0');

export class PostgresProxy {
  /** Answers to a COMMIT, behind a statement with this text, that nobody got. */
  lost = 0;
  #losing = '';
  #server;

  /** @param {import('./database.mjs').Database} database */
  static async start(database) {
    const proxy = new PostgresProxy();
    const target = join(
      String(new URLSearchParams(database.url.split('?')[1]).get('host')),
      SOCKET,
    );
    proxy.folder = await mkdtemp('/tmp/guichet-');
    proxy.url = database.url.replace(/host=[^&]*/, `host=${proxy.folder}`);
    proxy.#server = net.createServer((client) => proxy.#pass(client, net.connect(target)));
    proxy.#server.listen(join(proxy.folder, SOCKET));
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /**
   * Loses the answer to the next COMMIT of a transaction in which `statement` was sent: the server
   * has committed, the program only sees the connection end.
   */
  loseCommitAfter(statement) {
    this.#losing = statement;
  }

  #pass(client, server) {
    let armed = false;
    client.on('data', (bytes) => {
      armed ||= this.#losing !== '' && bytes.includes(this.#losing);
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (armed && bytes.includes(COMMITTED)) {
        this.lost++;
        this.#losing = '';
        client.destroy();
        server.destroy();
        return;
      }
      client.write(bytes);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }

  async stop() {
    this.#server.close();
    await rm(this.folder, { recursive: true });
  }
}
