// HAProxy and nginx in front of several instances, by the files of api/deploy.
import { readFile, writeFile } from 'node:fs/promises';
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
 * @param {{port: number, nodes?: {port: number, restPort: number}[], front?: string, changes?: [string, string][]}} options
 *   `nodes`: of Patroni; `front`: the address of what stands in front; `changes`: further ones to the file
 */
export async function startHaproxy(folder, instances, { port, nodes, front, changes = [] }) {
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
    ['log /dev/log local0', 'log stdout format raw local0'],
    ['from_front src 192.0.2.10', `from_front src ${front ?? '192.0.2.10'}`],
    ...changes,
  ]);
  const daemon = await startDaemon(['haproxy', '-db', '-f', file], { ready: () => accepts(port) });
  return Object.assign(daemon, { databasePort, readPort, readLog: async () => daemon.output });
}

/**
 * nginx: the API and the screens at `port`.
 * @param {string} folder
 * @param {number[]} instances ports of two instances
 * @param {{port: number, front?: string, changes?: [string, string][], upstreamChanges?: [string, string][]}} options
 *   `front`: the address of what stands in front; `changes`, `upstreamChanges`: further ones to the two files
 */
export async function startNginx(
  folder,
  instances,
  { port, front, changes = [], upstreamChanges = [] },
) {
  const upstream = join(folder, 'upstream.conf');
  await deployFile('nginx/upstream-local.conf', upstream, [
    ['127.0.0.1:8081', `127.0.0.1:${instances[0]}`],
    ['127.0.0.1:8082', `127.0.0.1:${instances[1]}`],
    ...upstreamChanges,
  ]);
  const listen = join(folder, 'listen.conf');
  await deployFile('nginx/listen-plain.conf', listen, [
    ['\nlisten 8080', `\nlisten 127.0.0.1:${port}`],
    ...(front
      ? ['set_real_ip_from', 'real_ip_header', 'real_ip_recursive'].map((name) => [
          `#${name}`,
          name,
        ])
      : []),
    ['192.0.2.10', front ?? '192.0.2.10'],
  ]);
  const site = await deployFile('nginx/guichet.conf', join(folder, 'site.conf'), [
    ['/etc/nginx/guichet-listen.conf', listen],
    ['/etc/nginx/guichet-upstream.conf', upstream],
    ['/usr/share/guichet/www', WWW],
    ['/var/log/nginx/access.log', join(folder, 'access.log')],
    ['/var/log/nginx/error.log', join(folder, 'error.log')],
    ...changes,
  ]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(folder, kind)};`,
  );
  const main = join(folder, 'nginx.conf');
  await writeFile(
    main,
    `daemon off; worker_processes 1; pid ${join(folder, 'nginx.pid')}; error_log stderr warn;
     events { worker_connections 1024; }
     http { ${temporary.join(' ')} include ${site}; }`,
  );
  const daemon = await startDaemon(['nginx', '-c', main], { ready: () => accepts(port) });
  const readLog = async () =>
    daemon.output +
    (await readFile(join(folder, 'access.log'), 'utf8')) +
    (await readFile(join(folder, 'error.log'), 'utf8'));
  return Object.assign(daemon, { readLog });
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
