// Bodies over slow lines, through the program alone and the two files of api/deploy: what moves may take its time, what
// drips is cut.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { makeFolder } from '../support/daemon.mjs';
import { freePort } from '../support/ports.mjs';
import { startHaproxy, startNginx } from '../support/proxies.mjs';
import { startServer } from '../support/server.mjs';

const PART_MS = 500;
const ID = '5f0c1d0e-0000-4000-8000-00000000abcd';
const stops = [];
let server;
before(async () => {
  server = await startServer();
  stops.push(() => server.stop());
});
after(async () => {
  for (const stop of stops.reverse()) await stop();
});

async function startProxy(start) {
  const folder = await makeFolder();
  stops.push(folder.remove);
  const port = await freePort();
  const proxy = await start(folder.path, [server.port, server.port], { port });
  stops.push(() => proxy.stop());
  return port;
}

/** Sends a file in parts of so many bytes, twice a second; what came back until the end, and how much was sent. */
function sendSlowly(port, { partBytes, parts }) {
  const socket = net.connect({ port, host: '127.0.0.1' });
  let sent = 0;
  let text = '';
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (sent === parts) return clearInterval(timer);
      sent++;
      return void socket.write('a'.repeat(partBytes));
    }, PART_MS);
    socket.write(
      `POST /v1/requests/${ID}/attachments HTTP/1.1\r\nHost: a\r\nConnection: close\r\n` +
        `Content-Type: multipart/form-data; boundary=a\r\nContent-Length: ${partBytes * parts}\r\n\r\n`,
    );
    socket.on('data', (bytes) => (text += bytes));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ sent, text });
    });
  });
}

const SITES = { alone: undefined, haproxy: startHaproxy, nginx: startNginx };
describe('a_body', { concurrency: true }, () => {
  for (const [name, start] of Object.entries(SITES)) {
    // 2 kB a second for 26 seconds: more than the buffer of HAProxy holds, over more than two windows.
    test(`goes_on_through_${name}_as_long_as_it_moves`, async () => {
      const port = start ? await startProxy(start) : server.port;
      const { sent, text } = await sendSlowly(port, { partBytes: 1000, parts: 52 });
      assert.equal(sent, 52);
      assert.match(text, /^HTTP\/1\.1 401 /);
    });
    test(`is_cut_through_${name}_where_it_drips`, async () => {
      const port = start ? await startProxy(start) : server.port;
      const { sent, text } = await sendSlowly(port, { partBytes: 10, parts: 200 });
      assert.ok(sent < 100, `${sent} parts`);
      assert.doesNotMatch(text, /^HTTP\/1\.1 401 /);
    });
  }
});
