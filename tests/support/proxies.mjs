// HAProxy and nginx in front of several instances, by the files of api/deploy.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from './client.mjs';
import { accepts, deployFile, startDaemon } from './daemon.mjs';
import { freePort } from './ports.mjs';

const WWW = fileURLToPath(new URL('../../build/www', import.meta.url));

/**
 * HAProxy: the API at `port`, the primary of PostgreSQL at `databasePort`, a standby at `readPort`.
 * @param {string} folder
 * @param {number[]} instances ports of two instances
 * @param {{port: number, nodes?: {port: number, restPort: number}[]}} options `nodes`: of Patroni
 */
export async function startHaproxy(folder, instances, { port, nodes }) {
  const databasePort = await freePort();
  const readPort = await freePort();
  const [one, two] = nodes ?? [
    { port: 1, restPort: 1 },
    { port: 1, restPort: 1 },
  ];
  const file = await deployFile('haproxy/guichet.cfg', join(folder, 'haproxy.cfg'), [
    ['127.0.0.1:8080', `127.0.0.1:${port}`],
    ['127.0.0.1:8081', `127.0.0.1:${instances[0]}`],
    ['127.0.0.1:8082', `127.0.0.1:${instances[1]}`],
    ['127.0.0.1:5000', `127.0.0.1:${databasePort}`],
    ['127.0.0.1:5001', `127.0.0.1:${readPort}`],
    ['127.0.0.1:5433 port 8008', `127.0.0.1:${one.port} port ${one.restPort}`],
    ['127.0.0.1:5434 port 8009', `127.0.0.1:${two.port} port ${two.restPort}`],
  ]);
  const daemon = await startDaemon(['haproxy', '-db', '-f', file], { ready: () => accepts(port) });
  return Object.assign(daemon, { databasePort, readPort });
}

/** nginx: the API and the screens at `port`. */
export async function startNginx(folder, instances, { port }) {
  const upstream = join(folder, 'upstream.conf');
  await deployFile('nginx/upstream-local.conf', upstream, [
    ['127.0.0.1:8081', `127.0.0.1:${instances[0]}`],
    ['127.0.0.1:8082', `127.0.0.1:${instances[1]}`],
  ]);
  const listen = join(folder, 'listen.conf');
  await deployFile('nginx/listen-plain.conf', listen, [
    ['\nlisten 8080', `\nlisten 127.0.0.1:${port}`],
  ]);
  const site = await deployFile('nginx/guichet.conf', join(folder, 'site.conf'), [
    ['/etc/nginx/guichet-listen.conf', listen],
    ['/etc/nginx/guichet-upstream.conf', upstream],
    ['/usr/share/guichet/www', WWW],
  ]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(folder, kind)};`,
  );
  const main = join(folder, 'nginx.conf');
  await writeFile(
    main,
    `daemon off; worker_processes 1; pid ${join(folder, 'nginx.pid')}; error_log stderr warn;
     events { worker_connections 1024; }
     http { access_log off; ${temporary.join(' ')} include ${site}; }`,
  );
  return startDaemon(['nginx', '-c', main], { ready: () => accepts(port) });
}

/** The same server as seen through a proxy: for anyone who takes a server from tests/support. */
export function behind(server, url) {
  return {
    url,
    database: server.database,
    dataDir: server.dataDir,
    mailbox: server.mailbox,
    client: (options) => new Client(url, options),
    command: (...args) => server.command(...args),
  };
}
