// Beside an HAProxy with haproxy.cfg: writes our public keys, the revoked tokens and what each endpoint
// asks for where it reads them, and posts the calls that it served. `node haproxy_sync.mjs`, or `--once` to write the files before
// HAProxy starts. Settings come from the environment, see README.md.
import { execFile } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import dgram from 'node:dgram';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { patternOf, rightsOf } from './haproxy_rights.mjs';

const SLOTS = 8;
const EVERY_MS = 1000;
/** A change of the endpoints comes with a release: asked for every so many rounds. */
const ENDPOINTS_EVERY = 60;
const BATCH_MAX = 500;
const WAITING_MAX = 100_000;
const MESSAGE_MOST = 300;
const { GUICHET_URL, GUICHET_DIR, GUICHET_PRODUCT, GUICHET_CALLS_PORT, GUICHET_RELOAD } =
  process.env;
const { GUICHET_CLIENT_ID, GUICHET_CLIENT_SECRET } = process.env;
const inDir = (name) => join(String(GUICHET_DIR), name);

let access = { token: '', until: 0 };
let keys = '';
let rights = '';
/** @type {{path: string, pattern: RegExp}[]} */
let endpoints = [];
const revoked = new Set();
const waiting = [];

async function ask(path, options = {}) {
  const answer = await fetch(GUICHET_URL + path, options);
  if (!answer.ok) {
    const text = await answer.text();
    const message = `${path}: ${answer.status} ${text}`;
    throw Object.assign(new Error(message), { status: answer.status, text });
  }
  return answer.json();
}

async function authorization() {
  if (Date.now() >= access.until) {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: String(GUICHET_CLIENT_ID),
      client_secret: String(GUICHET_CLIENT_SECRET),
    });
    const { access_token: token, expires_in: seconds } = await ask('/v1/oauth/token', {
      method: 'POST',
      body,
    });
    access = { token, until: Date.now() + (seconds - 60) * 1000 };
  }
  return { Authorization: `Bearer ${access.token}` };
}

/** The keys, each in a slot of haproxy.cfg; a slot that is not used repeats the first. */
async function writeKeys() {
  const { keys: found } = await ask('/.well-known/jwks.json');
  const text = JSON.stringify(found);
  if (text === keys) return;
  if (found.length > SLOTS) {
    console.error(`${found.length} keys, ${SLOTS} slots in haproxy.cfg: the oldest are refused`);
  }
  for (let slot = 0; slot < SLOTS; slot++) {
    const key = createPublicKey({ key: found[slot] ?? found[0], format: 'jwk' });
    await writeFile(inDir(`key${slot}.pem`), key.export({ type: 'spki', format: 'pem' }));
  }
  // Next, current, then the former ones, the newest first.
  const lines = found.slice(0, SLOTS).map(({ kid }, slot) => `${kid} ${slot}\n`);
  await writeFile(inDir('keys.map'), lines.join(''));
  if (keys) reload();
  keys = text;
}

/** What was written is read by a new process of HAProxy, which takes the connections over. */
function reload() {
  if (GUICHET_RELOAD) execFile('/bin/sh', ['-c', GUICHET_RELOAD], () => {});
}

/** A command to HAProxy as it runs. */
function tell(command) {
  return new Promise((done, failed) => {
    const socket = net.connect(inDir('admin.sock'), () => socket.end(`${command}\n`));
    socket.resume().on('close', done).on('error', failed);
  });
}

async function writeRevoked(running) {
  const headers = await authorization();
  const now = new Set();
  let cursor = '';
  do {
    const query = `state=revoked&product=${GUICHET_PRODUCT}&limit=100${cursor}`;
    const page = await ask(`/v1/tokens?${query}`, { headers });
    for (const { id } of page.items) now.add(id);
    cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : '';
  } while (cursor);
  const map = inDir('revoked.map');
  await writeFile(map, [...now].map((id) => `${id} 1\n`).join(''));
  for (const id of now) if (running && !revoked.has(id)) await tell(`add map ${map} ${id} 1`);
  for (const id of revoked) if (running && !now.has(id)) await tell(`del map ${map} ${id}`);
  revoked.clear();
  for (const id of now) revoked.add(id);
}

/** Rights and limits of the endpoints, and their templates for the calls. */
async function writeRights() {
  const items = [];
  let cursor = '';
  do {
    const page = await ask(`/v1/products/${GUICHET_PRODUCT}/endpoints?limit=100${cursor}`);
    items.push(...page.items);
    cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : '';
  } while (cursor);
  endpoints = items.map((item) => ({ path: item.path, pattern: new RegExp(patternOf(item)) }));
  const files = rightsOf(String(GUICHET_PRODUCT), items);
  const text = JSON.stringify(files);
  if (text === rights) return;
  for (const [name, content] of Object.entries(files)) await writeFile(inDir(name), content);
  if (rights) reload();
  rights = text;
}

/** A line of HAProxy as we take it; undefined where its path is no endpoint. */
function callOf(line) {
  const { token_id, request_id, at_s, at_ms, path, status, duration_ms, provider_ms, ip } = line;
  const endpoint = endpoints.find(({ pattern }) => pattern.test(path));
  if (!endpoint) return undefined;
  const call = { token_id, request_id, endpoint: endpoint.path, status, duration_ms, ip };
  call.at = new Date(at_s * 1000 + Number(at_ms)).toISOString();
  if (provider_ms >= 0) call.provider_ms = provider_ms;
  return call;
}

/** Those that a 422 names by their pointers (/calls/12/at); all of them where it names none. */
function refusedOf(calls, text) {
  const pointers = JSON.parse(text).errors?.map(({ pointer }) => pointer.split('/')) ?? [];
  const named = new Set(pointers.map(([, , index]) => calls[index]));
  return named.has(undefined) || named.size === 0 ? new Set(calls) : named;
}

async function postBatch(calls) {
  const headers = { ...(await authorization()), 'Content-Type': 'application/json' };
  try {
    await ask('/v1/usage/calls', { method: 'POST', headers, body: JSON.stringify({ calls }) });
  } catch (error) {
    if (error.status !== 422) throw error;
    const refused = refusedOf(calls, error.text);
    const why = error.message.slice(0, MESSAGE_MOST);
    console.error(`${refused.size} calls were refused for good: ${why}`);
    const others = calls.filter((call) => !refused.has(call));
    if (others.length > 0) await postBatch(others);
  }
}

/** The oldest first; what was not taken is posted again: known calls are counted once. */
async function postCalls() {
  while (waiting.length > 0) {
    const lines = waiting.slice(0, BATCH_MAX);
    const calls = lines.map(callOf).filter(Boolean);
    if (calls.length > 0) await postBatch(calls);
    waiting.splice(0, lines.length);
  }
}

/** HAProxy's lines come by UDP: the port is open before anything is asked of anybody. */
function listen() {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (bytes) => {
    const line = bytes.toString('utf8');
    const hasToken = !/^\{"token_id":"-?"/.test(line);
    if (hasToken && waiting.length < WAITING_MAX) waiting.push(JSON.parse(line));
  });
  socket.bind(Number(GUICHET_CALLS_PORT), '127.0.0.1');
}

async function main() {
  const once = process.argv.includes('--once');
  if (!once) listen();
  await writeKeys();
  await writeRevoked(false);
  await writeRights();
  for (let round = 1; !once; round++) {
    const steps = [writeKeys, () => writeRevoked(true), postCalls];
    if (round % ENDPOINTS_EVERY === 0) steps.unshift(writeRights);
    for (const step of steps) {
      await step().catch((error) => console.error(String(error)));
    }
    await sleep(EVERY_MS);
  }
}

await main();
