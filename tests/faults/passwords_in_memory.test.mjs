// A password is nowhere in the memory of the program once its request is over.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { activate, createAccount, signUpForm } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';
import { waitFor } from '../support/wait.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

/** How often the bytes stand in the memory that the program may write. */
function countInMemory(pid, bytes) {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  let count = 0;
  for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
    const match = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
    if (!match) continue;
    const [from, to] = [match[1], match[2]].map((hex) => parseInt(hex, 16));
    const region = Buffer.alloc(to - from);
    try {
      readSync(memory, region, 0, region.length, from);
    } catch {
      continue; // given back meanwhile
    }
    for (let at = region.indexOf(bytes); at >= 0; at = region.indexOf(bytes, at + 1)) count++;
  }
  closeSync(memory);
  return count;
}

const newPassword = () => `Zq9-${randomBytes(12).toString('hex')}-violette`;

const WAYS = {
  a_log_in: async (password) => {
    const { email } = await createAccount(server, { password });
    const client = server.client();
    await client.logIn(email, password);
    client.close();
  },
  a_wrong_password: async (password) => {
    const { email } = await createAccount(server);
    const client = server.client();
    (await client.post('/v1/session', { email, password })).expect(401);
    client.close();
  },
  an_activation: async (password) => {
    const client = server.client();
    const form = signUpForm();
    (await client.post('/v1/accounts', form)).expect(202);
    const { token } = await server.mailbox.take({ to: form.email });
    (await activate(client, token, { password })).expect(200);
    client.close();
  },
};

for (const [name, use] of Object.entries(WAYS)) {
  test(`no_password_of_${name}_stays_in_memory`, async () => {
    const password = newPassword();
    await use(password);
    // The connection's own buffer goes with the connection.
    const bytes = Buffer.from(password);
    const count = () => countInMemory(server.pid, bytes);
    await waitFor('nothing to be left', () => count() === 0, { timeoutMs: 10_000 }).catch(() => {});
    assert.equal(count(), 0);
  });
}
