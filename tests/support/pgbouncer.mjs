// PgBouncer in transaction mode, by the file of api/deploy.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accepts, deployFile, startDaemon } from './daemon.mjs';
import { freePort } from './ports.mjs';

/**
 * @param {string} folder of makeFolder()
 * @param {string} database a line of its section [databases]
 */
export async function startPgbouncer(folder, database) {
  const port = await freePort();
  const users = join(folder, 'userlist.txt');
  await writeFile(users, '"guichet_app" ""\n', { mode: 0o644 });
  const file = await deployFile('pgbouncer/pgbouncer.ini', join(folder, 'pgbouncer.ini'), [
    ['guichet = host=127.0.0.1 port=5000 dbname=guichet', database],
    ['listen_port = 6432', `listen_port = ${port}`],
    ['unix_socket_dir = /run/postgresql', `unix_socket_dir = ${folder}`],
    ['/etc/pgbouncer/userlist.txt', users],
  ]);
  const daemon = await startDaemon(['pgbouncer', file], {
    asPostgres: true,
    ready: () => accepts(port),
  });
  return Object.assign(daemon, { port });
}
