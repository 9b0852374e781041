// Files and memory: those who send many at once, and those who never read what they asked for.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { logInAs } from '../support/accounts.mjs';
import { createRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { waitFor } from '../support/wait.mjs';

const MB = 2 ** 20;
const READERS = 60;
const isSanitized = Boolean(process.env.GUICHET_TEST_SANITIZER);
/** What one reader may cost; sanitizers keep what was freed. */
const READER_KB = isSanitized ? 4096 : 256;
const SPARE_KB = isSanitized ? 400_000 : 10_000;

let server;
let client;
let id;
let cookie;
before(async () => {
  server = await startServer({ env: { GUICHET_UPLOAD_MB_PER_HOUR: '1000' } });
  ({ client } = await logInAs(server, {}));
  ({ id } = (await createRequest(client)).body);
  cookie = [...client.cookies].map((pair) => pair.join('=')).join('; ');
});
after(() => server.stop());

const PDF = '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n';

function attach(request, bytes) {
  const form = new FormData();
  form.set('kind', 'mockup');
  form.set('file', new Blob([PDF, Buffer.alloc(bytes - PDF.length, ' ')]), 'a.pdf');
  return client.post(`/v1/requests/${request}/attachments`, form);
}

const residentKb = async () =>
  Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${server.pid}/status`, 'utf8'))[1]);

/** The most over two seconds: what is sent is read from the database meanwhile. */
async function peakKb() {
  let peak = 0;
  for (let i = 0; i < 20; i++) {
    peak = Math.max(peak, await residentKb());
    await sleep(100);
  }
  return peak;
}

const backToRest = (before) =>
  waitFor('its memory is given back', async () => (await residentKb()) - before < SPARE_KB);

/** Asks for a file, takes what one read gives, and reads no more. */
function openReader(target) {
  return new Promise((done, failed) => {
    const socket = net.connect({ port: server.port, host: '127.0.0.1' });
    socket.on('error', failed);
    socket.once('readable', () => {
      const head = socket.read(12).toString('latin1');
      socket.off('error', failed).on('error', () => {});
      done({ socket, head });
    });
    socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\n\r\n`);
  });
}

/** What many slow readers of one address cost, beyond the threads of as many readers of little. */
async function costOfReaders(target) {
  const warm = await Promise.all(Array.from({ length: READERS }, () => openReader('/health/live')));
  const before = await residentKb();
  const readers = await Promise.all(Array.from({ length: READERS }, () => openReader(target)));
  assert.ok(readers.every(({ head }) => head === 'HTTP/1.1 200'));
  const cost = (await peakKb()) - before;
  for (const { socket } of [...warm, ...readers]) socket.destroy();
  await backToRest(before);
  return cost / READERS;
}

test('a_slow_reader_of_a_file_costs_at_most_256_kilobytes', async (t) => {
  const { body } = (await attach(id, 10 * MB)).expect(201);
  const path = `/v1/requests/${id}/attachments/${body.id}`;
  const answer = (await client.get(path)).expect(200);
  assert.equal(answer.headers['content-length'], String(10 * MB));
  assert.equal(answer.bytes.length, 10 * MB);
  assert.ok(answer.bytes.subarray(0, PDF.length).equals(Buffer.from(PDF)));
  assert.ok(answer.bytes.subarray(PDF.length).every((byte) => byte === 0x20));
  const cost = await costOfReaders(path);
  t.diagnostic(`${cost.toFixed(0)} kB a reader`);
  assert.ok(cost <= READER_KB, `${cost} kB`);
});

test('a_slow_reader_of_their_own_data_costs_no_more', async (t) => {
  const { body } = (await client.get('/v1/account/export')).expect(200);
  const [{ content }] = body.files;
  assert.equal(Buffer.from(content, 'base64').length, 10 * MB);
  const cost = await costOfReaders('/v1/account/export');
  t.diagnostic(`${cost.toFixed(0)} kB a reader`);
  assert.ok(cost <= READER_KB, `${cost} kB`);
});

test('a_slow_reader_of_a_large_answer_costs_no_more', async (t) => {
  const { headers, bytes } = (await client.get('/openapi.yaml')).expect(200);
  assert.ok(bytes.length > 200_000);
  assert.equal(headers['content-length'], String(bytes.length));
  const cost = await costOfReaders('/openapi.yaml');
  t.diagnostic(`${cost.toFixed(0)} kB a reader`);
  assert.ok(cost <= READER_KB / 2, `${cost} kB`); // the answer alone has more
});

test('twenty_uploads_at_once_leave_no_memory_behind', async (t) => {
  const ids = await Promise.all(
    Array.from({ length: 4 }, async () => (await createRequest(client)).body.id),
  );
  await attach(ids[0], MB);
  const before = await residentKb();
  let most = 0;
  const watch = setInterval(async () => (most = Math.max(most, await residentKb())), 20);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => attach(ids[i % 4], 10 * MB)),
  );
  clearInterval(watch);
  t.diagnostic(`${most - before} kB more at most`);
  assert.ok(answers.every(({ status }) => status === 201 || status === 503));
  assert.ok(answers.some(({ status }) => status === 201));
  await backToRest(before);
});
