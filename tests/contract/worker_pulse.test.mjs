// `guichet healthcheck --worker`: for containers, whose worker has no port to be asked at.
import assert from 'node:assert/strict';
import { rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runProgram, startServer } from '../support/server.mjs';
import { waitFor } from '../support/wait.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

const pulse = () => join(server.dataDir, 'worker.pulse');
const check = () => runProgram(['healthcheck', '--worker'], { env: server.env });

test('a_worker_is_healthy_while_it_gets_on', async () => {
  await waitFor('the first beat', async () => (await check()).code === 0);
});

test('a_worker_that_does_not_get_on_is_told_as_such', async () => {
  await server.end();
  const long = Date.now() / 1000 - 121;
  await utimes(pulse(), long, long);
  const late = await check();
  assert.equal(late.code, 1);
  assert.match(late.stderr, /^the worker has not got on for 12\d s$/m);
  await rm(pulse());
  const none = await check();
  assert.equal(none.code, 1);
  assert.match(none.stderr, /^no worker has got on with /m);
});

test('a_worker_that_starts_does_not_live_on_the_pulse_of_another', async () => {
  await server.start();
  await waitFor('the first beat', async () => (await check()).code === 0);
  const long = Date.now() / 1000 - 3600;
  await server.end();
  await utimes(pulse(), long, long);
  await server.start();
  await waitFor('a beat of its own', async () => (await check()).code === 0);
});
