// The disk is full: PostgreSQL's, that of the mails written as files, that of a copy being taken.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { PASSWORD, logInAs, signUpForm } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { newCluster } from '../support/cluster.mjs';
import { createRequest } from '../support/requests.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const UNIT = `v4/insee/sirene/unites_legales/130025265?${ASKED}`;
const MB = 2 ** 20;
const DATABASE_MB = 224;
const MAILS_MB = 1;

const run = promisify(execFile);
const asRoot = (...command) =>
  process.getuid() === 0 ? run(command[0], command.slice(1)) : run('sudo', command);

const mounts = [];
async function mount(folder, megabytes) {
  await mkdir(folder, { recursive: true });
  await asRoot('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'guichet', folder);
  mounts.push(folder);
}

/** Fills what is left of a disk, but for `spare` bytes. */
async function fill(folder, spare = 0) {
  const { bavail, bsize } = await statfs(folder);
  const file = await open(join(folder, 'ballast'), 'w');
  const piece = Buffer.alloc(64 * 1024, 1);
  try {
    for (let left = bavail * bsize - spare; left > 0; left -= piece.length) {
      await file.write(piece, 0, Math.min(piece.length, left));
    }
  } catch (error) {
    assert.equal(error.code, 'ENOSPC');
  } finally {
    await file.close();
  }
}
const clear = (folder) => rm(join(folder, 'ballast'));

let cluster;
let disk;
let server;
let token;
before(async () => {
  cluster = await newCluster();
  disk = join(cluster.folder, 'disk');
  await mount(disk, DATABASE_MB);
  cluster.data = join(disk, 'pg');
  cluster.options = ['-c', 'max_wal_size=64MB', '-c', 'min_wal_size=32MB'];
  await cluster.start();
  server = await startServer({ database: cluster.database, start: false });
  assert.equal((await runProgram(['migrate'], { env: server.env })).code, 0);
  await mount(join(server.dataDir, 'mail'), MAILS_MB);
  await server.start();
  const issuer = await new Issuer(server).start();
  const scopes = ['unites_legales_etablissements_insee'];
  token = await issuer.issue({ scopes, siret: SIRETS.LYON });
});
after(async () => {
  await server?.end();
  await cluster?.stop();
  for (const folder of mounts) await asRoot('umount', folder);
  await server?.stop();
  await cluster?.remove();
});

/** A PDF of four million bytes that nothing can make smaller; the seed tells them apart. */
function document(seed) {
  const bytes = Buffer.alloc(4_000_000);
  for (let i = 0, state = seed + 1; i < bytes.length; i += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32LE(state, i);
  }
  bytes.write('%PDF-1.4\n');
  return bytes;
}

function upload(client, id, seed) {
  const form = new FormData();
  form.set('kind', 'other');
  form.set('file', new Blob([document(seed)], { type: 'application/pdf' }), `f${seed}.pdf`);
  return client.post(`/v1/requests/${id}/attachments`, form);
}

test('answers_503_while_postgresql_has_no_space_and_loses_nothing_acknowledged', async (t) => {
  const { pid } = server;
  const { client, email } = await logInAs(server, { siret: SIRETS.RENNES });
  const { id } = (await createRequest(client, { siret: SIRETS.RENNES })).body;
  (await token.get(UNIT)).expect(200);
  await fill(disk, 12 * MB);
  const kept = new Map();
  const statuses = {};
  for (let seed = 0; (statuses[503] ?? 0) < 3; seed++) {
    const { status, body } = await upload(client, id, seed);
    statuses[status] = (statuses[status] ?? 0) + 1;
    assert.ok([201, 503].includes(status), `${status}: ${JSON.stringify(body)}`);
    if (status === 201) kept.set(body.id, seed);
    assert.ok(seed < 10);
  }
  // PostgreSQL gives up when its journal has no space: calls whose token is known go on without it.
  (await token.get(UNIT)).expect(200);
  (await client.get('/v1/requests')).expect(200, 503);
  (await client.get('/health/live')).expect(200);
  await clear(disk);
  // Its recovery needs space too: without any it ended, and its supervisor starts it again.
  if (!cluster.isRunning) await cluster.start();
  const freed = Date.now();
  await waitFor('a write', async () => {
    const answer = await client.patch(
      `/v1/requests/${id}`,
      { title: 'De la place' },
      { etag: '*' },
    );
    return answer.status === 200;
  });
  t.diagnostic(JSON.stringify({ statuses, wholeMs: Date.now() - freed }));
  await client.logIn(email, PASSWORD);
  for (const [attachment, seed] of kept) {
    const { bytes } = (await client.get(`/v1/requests/${id}/attachments/${attachment}`)).expect(
      200,
    );
    assert.ok(bytes.equals(document(seed)));
  }
  const { items } = (await client.get(`/v1/requests/${id}/attachments`)).body;
  assert.equal(items.length, kept.size, 'nothing of what was refused is there');
  assert.match(await server.command(['verify-audit']), /./);
  await waitFor('the calls', async () => {
    const [count] = await server.database.sql(
      `select count(*) from call where token_id = '${token.id}'`,
    );
    return count === '2';
  });
  assert.equal(server.pid, pid);
  client.close();
});

test('sends_the_mails_that_had_no_space_once_space_is_free', async () => {
  const folder = join(server.dataDir, 'mail');
  await fill(folder);
  const form = signUpForm({ siret: SIRETS.RENNES });
  (await server.client().post('/v1/accounts', form)).expect(202);
  await waitFor('the failure', () => server.stderr.includes('"mail_failed"'));
  await clear(folder);
  await server.mailbox.take({ to: form.email });
  await mailsDone(server);
  assert.equal((await server.mailbox.list({ to: form.email })).length, 1);
});

test('a_backup_without_space_fails_and_leaves_no_partial_file', async () => {
  const folder = join(cluster.folder, 'copies');
  await mount(folder, MAILS_MB);
  await fill(folder);
  const path = join(folder, 'guichet.dump');
  const { code, stderr } = await runProgram(['backup', path], { env: server.env });
  assert.equal(code, 1);
  assert.match(stderr, /^guichet backup: the copy cannot be written: No space left on device$/m);
  assert.ok(!existsSync(path));
});
