// SQL over the socket of a test's cluster: a connection that was just used serves the next query too, so
// that asking every 25 ms starts neither psql nor a backend. Speaks what that takes of PostgreSQL's
// protocol (simple queries, text, no password).
import net from 'node:net';

const PROTOCOL = 196608; // 3.0
// A connection left open counts against max_connections, which some tests make small.
const IDLE_MS = 250;

function message(type, ...parts) {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)),
  );
  const head = Buffer.alloc(4);
  head.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), head, body]);
}

function readRow(body) {
  const cells = [];
  let at = 2;
  for (let left = body.readInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(at);
    at += 4;
    cells.push(length < 0 ? '' : body.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  return cells;
}

/** As psql says it: `ERROR:  …`, then DETAIL, HINT and CONTEXT where there are any. */
function readError(body) {
  const fields = Object.fromEntries(
    body
      .toString('utf8')
      .split('\0')
      .filter(Boolean)
      .map((field) => [field[0], field.slice(1)]),
  );
  const more = { D: 'DETAIL', H: 'HINT', W: 'CONTEXT' };
  const lines = Object.entries(more).filter(([key]) => fields[key]);
  const text = [
    `${fields.S}:  ${fields.M}`,
    ...lines.map(([key, name]) => `${name}:  ${fields[key]}`),
  ];
  return Object.assign(new Error(text.join('\n')), { sqlstate: fields.C });
}

class Connection {
  #bytes = Buffer.alloc(0);
  /** What was asked and is not answered: the start, queries, and the resets behind them. */
  #asked = [];
  #idle;
  isOpen = true;

  constructor(folder, user, database) {
    this.socket = net.connect(`${folder}/.s.PGSQL.5432`);
    this.socket.on('data', (bytes) => this.#read(bytes));
    this.socket.on('error', (error) => this.#end(error));
    this.socket.on('close', () => this.#end(new Error('PostgreSQL closed the connection')));
    const version = Buffer.alloc(4);
    version.writeInt32BE(PROTOCOL);
    this.#ask(message('', version, 'user', user, 'database', database, Buffer.alloc(1))).catch(
      () => {},
    );
  }

  #ask(bytes) {
    return new Promise((resolve, reject) => {
      this.#asked.push({ rows: [], resolve, reject });
      this.socket.write(bytes);
    });
  }

  /** The rows of all statements of the text, which are one transaction. */
  async query(text) {
    clearTimeout(this.#idle);
    this.socket.ref();
    // What a text has set must not reach the next one.
    const both = [this.#ask(message('Q', text)), this.#ask(message('Q', 'reset all'))];
    try {
      await Promise.allSettled(both);
      return await both[0];
    } finally {
      this.socket.unref();
      this.#idle = setTimeout(() => this.close(), IDLE_MS).unref();
    }
  }

  close() {
    this.isOpen = false;
    clearTimeout(this.#idle);
    if (!this.socket.destroyed) this.socket.end(message('X'));
  }

  #end(error) {
    this.isOpen = false;
    for (const { reject } of this.#asked.splice(0)) reject(error);
  }

  #read(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    while (this.#bytes.length >= 5) {
      const length = this.#bytes.readInt32BE(1) + 1;
      if (this.#bytes.length < length) return;
      this.#take(String.fromCharCode(this.#bytes[0]), this.#bytes.subarray(5, length));
      this.#bytes = this.#bytes.subarray(length);
    }
  }

  #take(type, body) {
    const asked = this.#asked[0];
    if (!asked) return;
    if (type === 'D') asked.rows.push(readRow(body));
    else if (type === 'E') asked.error ??= readError(body);
    else if (type === 'Z') {
      this.#asked.shift();
      if (asked.error) asked.reject(asked.error);
      else asked.resolve(asked.rows);
    }
    // A connection that is refused is ended after its error, without a "ready".
    if (asked.error && ['FATAL', 'PANIC'].includes(asked.error.message.split(':')[0])) {
      this.#end(asked.error);
    }
  }
}

/** @type {Map<string, Connection[]>} those that rest, by where they lead */
const resting = new Map();

/**
 * @param {{folder: string, user: string, database: string}} where
 * @param {string} text one statement or several, which are one transaction
 * @returns {Promise<string[][]>} the cells of each row as text, NULL as ''
 */
export async function query({ folder, user, database }, text) {
  const key = `${folder} ${user} ${database}`;
  const rest = resting.get(key) ?? [];
  resting.set(key, rest);
  let connection = rest.pop();
  while (connection && !connection.isOpen) connection = rest.pop();
  connection ??= new Connection(folder, user, database);
  try {
    return await connection.query(text);
  } finally {
    if (connection.isOpen) rest.push(connection);
  }
}
