// The command that other people run against their server: script/contract URL.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cast, decide, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const SCRIPT = fileURLToPath(new URL('../../script/contract', import.meta.url));
const SCOPES = ['requests:read', 'requests:write', 'habilitations:read', 'tokens:read'];

let server;
let people;
let credentials;

before(async () => {
  server = await startServer({ env: { GUICHET_RATE_LIMITS: 'on' } });
  people = await cast(server);
  const { applicant, instructor, domain } = people;
  const { id } = await submitRequest(applicant.client, { domain });
  (await decide(instructor.client, id, 'approve')).expect(201);
  const { body } = (await applicant.client.get(`/v1/requests/${id}`)).expect(200);
  const revealed = await applicant.client.post(`/v1/tokens/${body.token_id}/reveal`);
  const creation = { name: 'Contrat', siret: SIRETS.CLAMART, scopes: SCOPES };
  const made = (await applicant.client.post('/v1/clients', creation)).expect(201).body;
  credentials = {
    GUICHET_CLIENT_ID: made.client.id,
    GUICHET_CLIENT_SECRET: made.client_secret,
    GUICHET_TOKEN: revealed.expect(200).body.token,
  };
});
after(() => server.stop());

/** Runs the command as in a shell of its own; `{code, said}`. */
async function run(args, env = {}) {
  const bare = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(GUICHET|NODE_TEST)_/.test(name)),
  );
  const child = spawn(SCRIPT, args, { env: { ...bare, ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const [code] = await once(child, 'close');
  return { code, said };
}

const counted = async () =>
  (
    await server.database.rows(
      `select (select count(*) from account) as accounts, (select count(*) from request) as requests,
              (select count(*) from outbox) as mails, (select count(*) from session) as sessions`,
    )
  )[0];

test('passes_on_a_conforming_server_and_leaves_no_data_there', async () => {
  const before = await counted();
  const { code, said } = await run(['--write', server.url], credentials);
  assert.equal(code, 0, said);
  assert.match(said, /answers read with the scopes requests:read requests:write/);
  assert.match(said, /fail 0/);
  assert.doesNotMatch(said, /no program|nothing written|no token given/);
  assert.deepEqual(await counted(), before);
});

/** The same server, whose products have lost their names on the way. */
async function forger() {
  const proxy = createServer((asked, answer) => {
    const { method, url: path, headers } = asked;
    const passed = request(`${server.url}${path}`, { method, headers }, (came) => {
      const chunks = [];
      came.on('data', (chunk) => chunks.push(chunk));
      came.on('end', () => {
        const body = Buffer.concat(chunks).toString('latin1').replaceAll('"name":', '"nom":');
        const kept = { ...came.headers };
        delete kept['content-length'];
        answer.writeHead(came.statusCode, kept).end(Buffer.from(body, 'latin1'));
      });
    });
    asked.pipe(passed);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return proxy;
}

test('fails_on_a_server_that_deviates_from_the_contract', async () => {
  const proxy = await forger();
  try {
    const { code, said } = await run([`http://127.0.0.1:${proxy.address().port}`]);
    assert.notEqual(code, 0, said);
    assert.match(said, /must have required property 'name'/);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

test('prints_its_usage', async () => {
  const help = await run(['--help']);
  assert.equal(help.code, 0);
  assert.match(help.said, /usage: script\/contract/);
  assert.equal((await run([])).code, 2);
  assert.equal((await run(['guichet.example'])).code, 2);
});
