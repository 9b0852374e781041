// Stands between a program and PostgreSQL: counts transactions, reads the statements of one account, and loses
// the answer that the test wants lost.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';

const SOCKET = '.s.PGSQL.5432';
const COMMITTED = Buffer.from('COMMIT\0');
const LENGTH_BYTES = 4;

/**
 * Cuts bytes into messages, by https://www.postgresql.org/docs/current/protocol-message-formats.html: one byte of
 * type, the length, the body. The first message of a client has no type.
 * @param {(type: string, body: Buffer) => void} onMessage
 */
function messageReader(onMessage, { isClient }) {
  let rest = Buffer.alloc(0);
  let typeBytes = isClient ? 0 : 1;
  return (/** @type {Buffer} */ bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= typeBytes + LENGTH_BYTES) {
      const end = typeBytes + rest.readUInt32BE(typeBytes);
      if (rest.length < end) return;
      const type = rest.toString('latin1', 0, typeBytes);
      onMessage(type, rest.subarray(typeBytes + LENGTH_BYTES, end));
      rest = rest.subarray(end);
      typeBytes = 1;
    }
  };
}

/**
 * @typedef {object} Transaction
 * @property {string[]} statements the texts, BEGIN and COMMIT included
 * @property {string} parameters of all of them, one after the other
 */

/**
 * Puts what one client sends into transactions.
 * @param {(transaction: Transaction) => void} onEnd
 */
function transactionReader(onEnd) {
  /** By name, '' the unnamed one. @type {Map<string, string>} */
  const prepared = new Map();
  let bound = '';
  /** @type {Transaction} */
  let current = { statements: [], parameters: '' };
  const add = (text) => {
    current.statements.push(text);
    if (!/^(COMMIT|ROLLBACK)/.test(text)) return;
    onEnd(current);
    current = { statements: [], parameters: '' };
  };
  return messageReader(
    (type, body) => {
      if (type === 'P') {
        const [name, text] = body.toString().split('\0');
        prepared.set(name, text);
      } else if (type === 'B') {
        const [, name] = body.toString('latin1').split('\0', 2);
        bound = prepared.get(name) ?? '';
        current.parameters += body.toString('latin1');
      } else if (type === 'E') {
        add(bound);
      } else if (type === 'Q') {
        add(body.toString().replace(/\0$/, ''));
      }
    },
    { isClient: true },
  );
}

export class PostgresProxy {
  /** Answers to a COMMIT, behind a statement with this text, that nobody got. */
  lost = 0;
  /** Transactions that were begun so far. */
  begun = 0;
  /** @type {Transaction[]} */
  #ended = [];
  #open = new Set();
  #sockets = new Set();
  #losing = '';
  #server;

  /** @param {import('./database.mjs').Database} database */
  static async start(database) {
    const proxy = new PostgresProxy();
    const target = join(database.folder, SOCKET);
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

  /**
   * The transactions that were sent while `run` ran and have `parameter` among their parameters: those of
   * one account by its id.
   * @param {string} parameter
   * @param {() => Promise<unknown>} run
   */
  async transactionsOf(parameter, run) {
    this.#ended = [];
    await run();
    return this.#ended.filter(({ parameters }) => parameters.includes(parameter));
  }

  #pass(client, server) {
    const readClient = transactionReader((transaction) => this.#ended.push(transaction));
    const readServer = messageReader((type, body) => this.#count(server, type, body), {
      isClient: false,
    });
    let isArmed = false;
    client.on('data', (bytes) => {
      isArmed ||= this.#losing !== '' && bytes.includes(this.#losing);
      readClient(bytes);
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (isArmed && bytes.includes(COMMITTED)) {
        this.lost++;
        this.#losing = '';
        client.destroy();
        server.destroy();
        return;
      }
      readServer(bytes);
      client.write(bytes);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ]) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        this.#open.delete(server);
        other.destroy();
      });
    }
  }

  /** CommandComplete says what was done, ReadyForQuery whether a transaction is open. */
  #count(connection, type, body) {
    if (type === 'C' && body.toString() === 'BEGIN\0') this.begun++;
    if (type !== 'Z') return;
    if (body.toString() === 'I') this.#open.delete(connection);
    else this.#open.add(connection);
  }

  async stop() {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await rm(this.folder, { recursive: true });
  }
}
