// From sign-up to an answered call with curl: the script that newcomers read and run.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PROGRAM, cleanEnvironment, startServer } from '../support/server.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

test('goes_from_sign_up_to_an_answered_call_with_curl', async () => {
  const script = fileURLToPath(new URL('path.sh', import.meta.url));
  const settings = { ...server.env, GUICHET_BASE_URL: server.url, GUICHET_BIN: PROGRAM };
  const child = spawn('bash', [script], { env: { ...cleanEnvironment(), ...settings } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const [code] = await once(child, 'close');
  assert.equal(code, 0, said);
});
