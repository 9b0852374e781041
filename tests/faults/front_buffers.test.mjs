// nginx by the file of api/deploy, with callers who begin a body or an answer and do not go on: nothing of it
// waits on its disk, and others are served.
import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeFolder } from '../support/daemon.mjs';
import { freePort } from '../support/ports.mjs';
import { startNginx } from '../support/proxies.mjs';
import { startServer } from '../support/server.mjs';
import { waitFor } from '../support/wait.mjs';

const MB = 2 ** 20;
/** `limit_conn` of guichet.conf. */
const SENDERS = 32;
const FILE_MB = 9;
const UPLOAD = '/v1/requests/5f0c1d0e-0000-4000-8000-00000000abcd/attachments';

let server;
let folder;
let port;
let nginx;
before(async () => {
  port = await freePort();
  server = await startServer({
    env: { GUICHET_PUBLIC_URL: `http://127.0.0.1:${port}`, GUICHET_TRUSTED_PROXIES: '127.0.0.1' },
  });
  folder = await makeFolder();
  nginx = await startNginx(folder.path, [server.port, server.port], { port });
});
after(async () => {
  await nginx.stop();
  await folder.remove();
  await server.stop();
});

/** A request whose body is never finished; `received` grows. */
function begin(bytes) {
  const socket = net.connect(port, '127.0.0.1');
  const state = { socket, received: '' };
  socket.on('error', () => {}).on('data', (chunk) => (state.received += chunk));
  socket.write(
    `POST ${UPLOAD} HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=a\r\n` +
      'Content-Length: 10500000\r\n\r\n',
  );
  socket.write(Buffer.alloc(bytes, 'a'));
  return state;
}

async function figure(name) {
  const text = await server.metrics();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)[1]);
}

async function bytesOnDisk() {
  const names = await readdir(folder.path, { recursive: true });
  const found = await Promise.all(names.map((name) => stat(join(folder.path, name))));
  return found.filter((each) => each.isFile()).reduce((sum, { size }) => sum + size, 0);
}

const status = async (path, options) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, options);
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
};

test('unfinished_bodies_at_the_bound_leave_nothing_on_the_disk_of_nginx', async () => {
  const states = Array.from({ length: SENDERS }, () => begin(FILE_MB * MB));
  try {
    // At the program, not in a file of nginx; one chunk of each may still be under way.
    await waitFor('the bodies have come', async () => {
      const held = await figure('guichet_http_upload_bytes');
      return held > (FILE_MB - 1) * MB * SENDERS;
    });
    assert.ok((await bytesOnDisk()) < MB);
    assert.equal((await status('/v1/products')).status, 200);
    const one = await status('/v1/session', { method: 'POST', body: '{}' });
    assert.equal(one.status, 429);
    assert.equal(one.headers.get('content-type'), 'application/problem+json');
    assert.equal(one.headers.get('retry-after'), '5');
    assert.equal(one.body.status, 429);
  } finally {
    states.forEach(({ socket }) => socket.destroy());
  }
  await waitFor('room for bodies', async () => {
    const answer = await status('/v1/session', { method: 'POST', body: '{}' });
    return answer.status !== 429;
  });
  await waitFor('nothing is held', async () => (await figure('guichet_http_upload_bytes')) === 0);
});
