// A real clamd with one signature made for the tests: a few megabytes instead of the whole database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { waitFor } from './wait.mjs';

/** Written at run time, so that no scanner takes this file for the virus. */
export const SIGNATURE = Buffer.from('Z3VpY2hldC1zYW1wbGUtdmlydXM=', 'base64');

/** @returns {Promise<{env: Record<string, string>, kill: () => Promise<void>, stop: () => Promise<void>}>} */
export async function startScanner() {
  const folder = await mkdtemp('/tmp/guichet-clamd-');
  const socket = join(folder, 'clamd.sock');
  await mkdir(join(folder, 'db'));
  await writeFile(
    join(folder, 'db', 'own.ndb'),
    `Guichet.Sample:0:*:${SIGNATURE.toString('hex')}\n`,
  );
  const lines = [
    `LocalSocket ${socket}`,
    `DatabaseDirectory ${join(folder, 'db')}`,
    'Foreground yes',
    'User root',
    'StreamMaxLength 20M',
  ];
  await writeFile(join(folder, 'clamd.conf'), `${lines.join('\n')}\n`);
  await chmod(folder, 0o755);
  const child = spawn('clamd', ['-c', join(folder, 'clamd.conf')], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const answers = () =>
    new Promise((done) => {
      const probe = net.connect(socket, () => probe.end('zPING\0'));
      probe.on('error', () => done(false)).on('data', (bytes) => done(/PONG/.test(bytes)));
    });
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const stop = async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  await waitFor('the scanner', answers);
  return { env: { GUICHET_CLAMAV: `unix:${socket}` }, kill, stop };
}
