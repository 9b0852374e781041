// HAProxy in the place of the gateway, with the configuration and the program of api/gateway/docs.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { logInAs } from '../support/accounts.mjs';
import { identifiersOf } from '../support/identifiers.mjs';
import { freePort } from '../support/ports.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const docs = (name) => fileURLToPath(new URL(`../../api/gateway/docs/${name}`, import.meta.url));
const PATH = '/v4/insee/sirene/unites_legales/130025265';
const SCOPES = ['unites_legales_etablissements_insee'];

const { endpoints: ENDPOINTS } = JSON.parse(
  readFileSync(
    new URL('../../api/products/api-entreprise/endpoints.json', import.meta.url),
    'utf8',
  ),
);

let folder;
let server;
let issuer;
/** Keys that came after that of `issuer`, beside the current and the next one: every slot is taken. */
const later = [];
let upstream;
let url;
let callsPort;
const asked = [];
const children = [];
let said = '';

/** Runs until the end of the tests; what it says is kept. */
function run(program, args, env) {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  children.push(child);
}

before(async () => {
  server = await startServer();
  issuer = await new Issuer(server).start();
  for (let i = 0; i < 5; i++) later.push(await new Issuer(server).start());
  const role = 'manager:api-entreprise';
  const { client } = await logInAs(server, { siret: SIRETS.LYON, role });
  const scopes = ['usage:write', 'tokens:read'];
  const body = { name: 'HAProxy', product: 'api-entreprise', scopes };
  const made = (await client.post('/v1/clients', body)).expect(201).body;
  upstream = http.createServer((req, res) => {
    asked.push(req);
    res.end('{}');
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  folder = await mkdtemp('/tmp/guichet-');
  const port = await freePort();
  callsPort = await freePort();
  url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    GUICHET_URL: server.url,
    GUICHET_ISSUER: server.url,
    GUICHET_FORMER_ISSUERS: 'https://older.example https://former.example',
    GUICHET_PRODUCT: 'api-entreprise',
    GUICHET_CLIENT_ID: made.client.id,
    GUICHET_CLIENT_SECRET: made.client_secret,
    GUICHET_DIR: folder,
    GUICHET_CALLS_PORT: String(callsPort),
    GUICHET_BIND: `127.0.0.1:${port}`,
    GUICHET_UPSTREAM: `127.0.0.1:${upstream.address().port}`,
  };
  const sync = docs('haproxy_sync.mjs');
  await promisify(execFile)(process.execPath, [sync, '--once'], { env });
  run('haproxy', ['-db', '-f', docs('haproxy.cfg'), '-f', `${folder}/rights.cfg`], env);
  run(process.execPath, [sync], env);
  await waitFor('HAProxy', async () => (await fetch(url).catch(() => null))?.status === 401);
  const listening = `:${callsPort.toString(16).toUpperCase().padStart(4, '0')} `;
  await waitFor('the port of the calls', async () =>
    (await readFile('/proc/net/udp', 'utf8')).includes(listening),
  );
});
after(async () => {
  for (const child of children) {
    const ended = once(child, 'exit');
    if (child.kill('SIGKILL')) await ended;
  }
  upstream?.close();
  upstream?.closeAllConnections();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const call = (string, path = PATH) =>
  fetch(url + path, { headers: { Authorization: `Bearer ${string}`, Cookie: 'a=b' } });

test('serves_a_valid_token_and_posts_the_call_once', async () => {
  const token = await issuer.issue({ scopes: SCOPES });
  assert.equal((await call(token.string)).status, 200);
  const { headers } = asked.at(-1);
  assert.equal(headers.authorization, undefined);
  assert.equal(headers.cookie, undefined);
  const rows = await waitFor('the call', async () => {
    const found = await server.database.rows(
      `select request_id, endpoint, status, address from call where token_id = '${token.id}'`,
    );
    return found.length > 0 && found;
  });
  assert.deepEqual(rows, [
    {
      request_id: headers['x-request-id'],
      endpoint: '/v4/insee/sirene/unites_legales/{siren}',
      status: 200,
      address: '127.0.0.1',
    },
  ]);
});

test('accepts_tokens_signed_by_any_of_eight_keys', async () => {
  for (const each of [issuer, ...later]) {
    assert.equal((await call((await each.issue({ scopes: SCOPES })).string)).status, 200);
  }
});

test('refuses_invalid_strings', async () => {
  const token = await issuer.issue({ scopes: SCOPES });
  const [head, claims, signature] = token.string.split('.');
  const count = asked.length;
  for (const string of [
    '',
    'x',
    `${head}.${claims}.`,
    `${head}.${claims}.${signature.slice(0, -4)}AAAA`,
    token.stringOf({}, { alg: 'HS256' }),
    token.stringOf({}, { alg: 'none' }),
    token.stringOf({}, { kid: 'unknown' }),
    token.stringOf({ iss: 'https://other.example' }),
    token.stringOf({ iss: 'https://older.example https://former.example' }),
    token.stringOf({ iss: '' }),
    token.stringOf({ aud: 'api-particulier' }),
    token.stringOf({ exp: Math.floor(Date.now() / 1000) - 1 }),
  ]) {
    assert.equal((await call(string)).status, 401, string);
  }
  const poor = await issuer.issue({ scopes: ['attestation_fiscale_dgfip'] });
  assert.equal((await call(poor.string)).status, 403);
  assert.equal(asked.length, count);
});

test('accepts_former_issuers', async () => {
  const token = await issuer.issue({ scopes: SCOPES });
  for (const iss of ['https://older.example', 'https://former.example']) {
    assert.equal((await call(token.stringOf({ iss }))).status, 200, iss);
  }
});

/** A string of nobody's row: HAProxy goes by the claims. */
const stringWith = (token, scopes) => token.stringOf({ jti: randomUUID(), scopes });

/** A path that the endpoint takes. */
function pathOf({ path, path_parameters: parameters }, identifiers) {
  return parameters.reduce((text, { name, type }) => {
    const value = identifiers[name] ?? identifiers[type.split('_or_').find((k) => identifiers[k])];
    return text.replace(`{${name}}`, value);
  }, path);
}

test('requires_one_of_its_scopes_at_every_endpoint', async () => {
  const token = await issuer.issue();
  for (const endpoint of ENDPOINTS) {
    const { scopes_any_of: scopes } = endpoint;
    const paths = identifiersOf(endpoint).map((identifiers) => pathOf(endpoint, identifiers));
    const opening = scopes.flatMap((id) => (id === 'open_data' ? ['open_data_x'] : id));
    for (const scope of opening) {
      for (const path of paths) {
        const { status } = await call(stringWith(token, ['other', scope]), path);
        assert.equal(status, 200, `${path} with ${scope}`);
      }
    }
    const others = [
      'other',
      ...scopes.map((id) => `${id}_x`).filter((id) => !/^open_data/.test(id)),
    ];
    const { status } = await call(stringWith(token, others), paths[0]);
    assert.equal(status, scopes.length > 0 ? 403 : 200, paths[0]);
  }
});

test('serves_only_the_paths_of_the_endpoints', async () => {
  const token = await issuer.issue();
  const count = asked.length;
  for (const path of [
    '/',
    '/v9/nulle/part',
    `${PATH}/`,
    `${PATH}/x`,
    `${PATH}%2F..%2Fx`,
    `${PATH.slice(0, -1)}`,
    '/v4/insee/sirene/unites_legales/abcdefghi',
    '/v4/insee/sirene/unites_legales/%2e%2e',
  ]) {
    assert.equal((await call(stringWith(token, SCOPES), path)).status, 404, path);
  }
  assert.equal(asked.length, count);
});

test('counts_each_limit_separately', async () => {
  const token = await issuer.issue();
  const small = ENDPOINTS.find(({ limit_per_minute: most }) => most === 5);
  const [identifiers] = identifiersOf(small);
  const string = stringWith(token, [...small.scopes_any_of, ...SCOPES]);
  for (let i = 0; i < 5; i++) {
    assert.equal((await call(string, pathOf(small, identifiers))).status, 200);
  }
  assert.equal((await call(string, pathOf(small, identifiers))).status, 429);
  assert.equal((await call(string)).status, 200);
});

test('refuses_a_revoked_token_within_5_s', async () => {
  const { id: applicantId } = await issuer.applicant();
  const token = await issuer.issue({ scopes: SCOPES, applicantId });
  assert.equal((await call(token.string)).status, 200);
  await token.change({ revoked_at: 'now()' });
  await waitFor('the revocation', async () => (await call(token.string)).status === 401);
});

test('a_rejected_call_record_does_not_block_the_others', async () => {
  const token = await issuer.issue({ scopes: SCOPES });
  const line = { token_id: 'nobody', request_id: 'x', at_s: 0, at_ms: '0', path: PATH };
  const socket = dgram.createSocket('udp4');
  await new Promise((sent) => socket.send(JSON.stringify(line), callsPort, '127.0.0.1', sent));
  socket.close();
  assert.equal((await call(token.string)).status, 200);
  await waitFor('the call', async () => {
    const found = await server.database.rows(`select from call where token_id = '${token.id}'`);
    return found.length === 1;
  });
  await waitFor('the word of it', () => said.includes('1 calls were refused for good'));
});
