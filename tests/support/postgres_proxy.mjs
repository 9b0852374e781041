// Stands between a program and PostgreSQL: counts transactions, and loses what the test wants lost.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';

const SOCKET = '.s.PGSQL.5432';
const COMMITTED = Buffer.from('COMMIT\0');
const BEGUN = Buffer.from('BEGIN\0');
// Of the messages of protocol 3.0: one byte of type, four of length, and the body.
const HEADER_BYTES = 5;
const COMMAND_COMPLETE = 'C'.charCodeAt(0);
const READY = 'Z'.charCodeAt(0);
const IDLE = 'I'.charCodeAt(0);

/** Cuts what the server sends on one connection into messages. */
function messageReader(onMessage) {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= HEADER_BYTES) {
      const end = 1 + rest.readUInt32BE(1);
      if (rest.length < end) return;
      onMessage(rest[0], rest.subarray(HEADER_BYTES, end));
      rest = rest.subarray(end);
    }
  };
}

export class PostgresProxy {
  /** Answers to a COMMIT, behind a statement with this text, that nobody got. */
  lost = 0;
  /** Transactions that were begun so far. */
  begun = 0;
  #open = new Set();
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

  /** Connections whose transaction is open between two statements now. */
  get open() {
    return this.#open.size;
  }

  /**
   * Loses the answer to the next COMMIT of a transaction in which `statement` was sent: the server
   * has committed, the program only sees the connection end.
   */
  loseCommitAfter(statement) {
    this.#losing = statement;
  }

  #count(connection, type, body) {
    if (type === COMMAND_COMPLETE && body.equals(BEGUN)) this.begun++;
    if (type !== READY) return;
    if (body[0] === IDLE) this.#open.delete(connection);
    else this.#open.add(connection);
  }

  #pass(client, server) {
    const read = messageReader((type, body) => this.#count(server, type, body));
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
      read(bytes);
      client.write(bytes);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ]) {
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#open.delete(server);
        other.destroy();
      });
    }
  }

  async stop() {
    this.#server.close();
    await rm(this.folder, { recursive: true });
  }
}
