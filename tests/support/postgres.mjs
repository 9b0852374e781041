// SQL over the socket of a test's cluster: a connection that was just used serves the next query too, so
// that asking every 25 ms starts neither psql nor a backend.
import pg from 'pg';

// A connection left open counts against max_connections, which some tests make small.
const IDLE_MS = 250;
/** Every cell as PostgreSQL writes it. */
const TEXT = { getTypeParser: () => (cell) => cell };

/** @type {Map<string, pg.Pool>} by where they lead */
const pools = new Map();

function poolOf({ folder, user, database }) {
  const key = `${folder} ${user} ${database}`;
  let pool = pools.get(key);
  if (!pool) {
    pool = new pg.Pool({
      host: folder,
      user,
      database,
      idleTimeoutMillis: IDLE_MS,
      allowExitOnIdle: true,
      max: 100,
    });
    // A server that goes away ends the connections that rest, which is what some tests are about.
    pool.on('error', () => {});
    pools.set(key, pool);
  }
  return pool;
}

/** As psql says it: `ERROR:  …`, then DETAIL, HINT and CONTEXT where there are any. */
function asPsql(error) {
  if (!error.severity) return error;
  const more = { DETAIL: error.detail, HINT: error.hint, CONTEXT: error.where };
  const lines = Object.entries(more).filter(([, text]) => text);
  const text = [
    `${error.severity}:  ${error.message}`,
    ...lines.map(([name, line]) => `${name}:  ${line}`),
  ];
  return Object.assign(new Error(text.join('\n')), { sqlstate: error.code });
}

/**
 * @param {{folder: string, user: string, database: string}} where
 * @param {string} text one statement or several, which are one transaction
 * @returns {Promise<string[][]>} the cells of each row as text, NULL as ''
 */
export async function query(where, text) {
  const connection = await poolOf(where)
    .connect()
    .catch((error) => Promise.reject(asPsql(error)));
  let broken;
  try {
    const results = [await connection.query({ text, rowMode: 'array', types: TEXT })].flat();
    // What a text has set must not reach the next one.
    await connection.query('reset all');
    return results.flatMap(({ rows }) => rows.map((row) => row.map((cell) => cell ?? '')));
  } catch (error) {
    broken = error;
    throw asPsql(error);
  } finally {
    connection.release(broken);
  }
}
