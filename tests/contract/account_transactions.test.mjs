// What the acts of an account cost: how many transactions they take, and that none is open while another
// service is asked.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { createAccount, signUpForm } from '../support/accounts.mjs';
import { createDatabase } from '../support/database.mjs';
import { PostgresProxy } from '../support/postgres_proxy.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

/** The program asks for something by itself now and then: the fewest of some turns are those of the act. */
const TURNS = 3;

let database;
let proxy;
let server;
before(async () => {
  database = await createDatabase();
  proxy = await PostgresProxy.start(database);
  server = await startServer({
    database,
    env: {
      GUICHET_DATABASE_URL: proxy.url,
      GUICHET_WORKER: 'off',
      GUICHET_RATE_LIMITS: 'on',
    },
  });
});
after(async () => {
  await server?.stop();
  await proxy?.stop();
  await database?.drop();
});

async function countTransactions(act) {
  const counts = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const before = proxy.begun;
    await act();
    counts.push(proxy.begun - before);
  }
  return Math.min(...counts);
}

const signUp = (form) => server.client().post('/v1/accounts', form);

// The directory is asked in one, everything else is written in the other.
test('a_sign_up_takes_two_transactions', async () => {
  assert.equal(await countTransactions(async () => (await signUp(signUpForm())).expect(202)), 2);
});

test('a_sign_up_with_an_address_in_use_takes_as_many', async () => {
  const { email } = await createAccount(server, { siret: SIRETS.LYON });
  const form = signUpForm({ email });
  assert.equal(await countTransactions(async () => (await signUp(form)).expect(202)), 2);
});

// The attempt is counted in one, before the password is verified; the session is opened in the other.
test('a_log_in_takes_two_transactions', async () => {
  const { email, password } = await createAccount(server, { siret: SIRETS.LYON });
  const logIn = () => server.client().post('/v1/session', { email, password });
  assert.equal(await countTransactions(async () => (await logIn()).expect(201)), 2);
});

test('no_transaction_is_open_while_the_directory_is_asked', async (t) => {
  const open = [];
  const directory = http.createServer((_req, res) => {
    open.push(proxy.open);
    res.writeHead(503).end();
  });
  t.after(() => directory.close());
  directory.listen(0, '127.0.0.1');
  await once(directory, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (directory.address());
  const other = await startServer({
    database,
    env: {
      GUICHET_DATABASE_URL: proxy.url,
      GUICHET_WORKER: 'off',
      GUICHET_DIRECTORY: 'insee',
      GUICHET_DIRECTORY_URL: `http://127.0.0.1:${port}`,
      GUICHET_DIRECTORY_KEY: 'key',
    },
  });
  (await other.client().post('/v1/accounts', signUpForm())).expect(202);
  await other.stop();
  assert.ok(open.length > 0, 'the directory was asked');
  assert.deepEqual([...new Set(open)], [0]);
});
