// Stands between a program and PostgreSQL, and reads what the program sends: which statements, in which
// transactions, for whom.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';

const SOCKET = '.s.PGSQL.5432';

/**
 * @typedef {object} Transaction
 * @property {string[]} statements the texts, BEGIN and COMMIT included
 * @property {string} parameters of all of them, one after the other
 */

export class StatementRecorder {
  /** @type {Transaction[]} */
  #ended = [];
  #sockets = new Set();
  #server;

  /** @param {import('./database.mjs').Database} database */
  static async start(database) {
    const recorder = new StatementRecorder();
    const target = join(database.folder, SOCKET);
    recorder.folder = await mkdtemp('/tmp/guichet-');
    recorder.url = database.url.replace(/host=[^&]*/, `host=${recorder.folder}`);
    recorder.#server = net.createServer((client) => recorder.#pass(client, net.connect(target)));
    recorder.#server.listen(join(recorder.folder, SOCKET));
    await once(recorder.#server, 'listening');
    return recorder;
  }

  /**
   * The transactions that were sent while `run` ran, as far as `parameter` is among their parameters: that
   * of one account by its id.
   * @param {string} parameter
   * @param {() => Promise<unknown>} run
   */
  async transactionsOf(parameter, run) {
    this.#ended = [];
    await run();
    return this.#ended.filter(({ parameters }) => parameters.includes(parameter));
  }

  #pass(client, server) {
    const reader = new MessageReader((transaction) => this.#ended.push(transaction));
    client.on('data', (bytes) => {
      reader.read(bytes);
      server.write(bytes);
    });
    server.on('data', (bytes) => client.write(bytes));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ]) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }

  async stop() {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await rm(this.folder, { recursive: true });
  }
}

// The messages of one client, by https://www.postgresql.org/docs/current/protocol-message-formats.html.
class MessageReader {
  #bytes = Buffer.alloc(0);
  #started = false;
  /** By name, '' the unnamed one. @type {Map<string, string>} */
  #prepared = new Map();
  #bound = '';
  #statements = [];
  #parameters = '';
  #onTransaction;

  constructor(onTransaction) {
    this.#onTransaction = onTransaction;
  }

  read(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    // The first message has no type.
    const typeBytes = () => (this.#started ? 1 : 0);
    while (this.#bytes.length >= typeBytes() + 4) {
      const length = this.#bytes.readInt32BE(typeBytes());
      if (this.#bytes.length < typeBytes() + length) return;
      const message = this.#bytes.subarray(typeBytes() + 4, typeBytes() + length);
      if (this.#started) this.#take(String.fromCharCode(this.#bytes[0]), message);
      this.#bytes = this.#bytes.subarray(typeBytes() + length);
      this.#started = true;
    }
  }

  #take(type, message) {
    if (type === 'P') {
      const [name, text] = message.toString().split('\0');
      this.#prepared.set(name, text);
    } else if (type === 'B') {
      const [, name] = message.toString('latin1').split('\0', 2);
      this.#bound = this.#prepared.get(name) ?? '';
      this.#parameters += message.toString('latin1');
    } else if (type === 'E') {
      this.#add(this.#bound);
    } else if (type === 'Q') {
      this.#add(message.toString().replace(/\0$/, ''));
    }
  }

  #add(text) {
    this.#statements.push(text);
    if (/^(COMMIT|ROLLBACK)/.test(text)) {
      this.#onTransaction({ statements: this.#statements, parameters: this.#parameters });
      this.#statements = [];
      this.#parameters = '';
    }
  }
}
