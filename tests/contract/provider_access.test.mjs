// Providers that ask who we are: by a client certificate, by an access token of client credentials, by a
// certificate that only an authority of their own vouches for; and from behind a proxy.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenIdProvider from 'oidc-provider';
import { freePort } from '../support/ports.mjs';
import { DATA, Provider, providersFile } from '../support/provider.mjs';
import { Proxy } from '../support/proxy.mjs';
import { startServer } from '../support/server.mjs';
import { makeCertificate, makeClientCertificate } from '../support/tls.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const SIREN = '130025265';
const SECRET = 'a secret with : and %';
const AT = {
  insee: `v4/insee/sirene/unites_legales/${SIREN}`,
  ademe: 'v3/ademe/etablissements/13002526500013/certification_rge',
  qualibat: 'v4/qualibat/etablissements/13002526500013/certification_batiment',
  fntp: `v3/fntp/unites_legales/${SIREN}/carte_professionnelle_travaux_publics`,
  opqibi: `v3/opqibi/unites_legales/${SIREN}/certification_ingenierie`,
};
const SCOPES = [
  'unites_legales_etablissements_insee',
  'certificat_rge_ademe',
  'qualibat',
  'fntp_carte_pro',
  'certificat_opqibi',
];
/** How long a token lives at each client of the token endpoint. */
const LIFETIMES_S = { long: 600, short: 2, posts: 600 };
const CALLS_AT_ONCE = 20;
/** Between calls that wait for something: far below the limit of the gateway. */
const PACE_MS = 200;

let folder;
let certificate;
let client;
let guarded;
let open;
let authority;
let proxy;
let providers;
let server;
let issuer;
let token;

/** A real token endpoint; counts what it gives out. */
async function startAuthority() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const oidc = new OpenIdProvider(url, {
    clients: Object.keys(LIFETIMES_S).map((id) => ({
      client_id: id,
      client_secret: SECRET,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: id === 'posts' ? 'client_secret_post' : 'client_secret_basic',
    })),
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    scopes: ['data:read'],
    ttl: { ClientCredentials: (ctx, { clientId }) => LIFETIMES_S[clientId] },
  });
  const given = [];
  oidc.on('client_credentials.saved', (saved) => given.push(saved));
  const listener = http.createServer(oidc.callback()).listen(port, '127.0.0.1');
  await once(listener, 'listening');
  return {
    url: `${url}/token`,
    given,
    /** Whether a header carries a token that is good here. */
    accepts: async (authorization) => {
      const found = await oidc.ClientCredentials.find(authorization?.replace('Bearer ', '') ?? '');
      return found !== undefined && !found.isExpired && found;
    },
    stop: async () => {
      listener.closeAllConnections();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** Tokens that the open provider does not take any more, however good they were. */
const refused = new Set();
let refusesAll = false;

async function answerTokens(req, res) {
  const { authorization } = req.headers;
  const good = await authority.accepts(authorization);
  const status = good && !refused.has(authorization) && !refusesAll ? 200 : 401;
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(status === 200 ? DATA : '{}');
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guichet-access-'));
  await writeFile(join(folder, 'secret'), `${SECRET}\n`);
  await writeFile(join(folder, 'wrong'), 'another secret\n');
  certificate = makeCertificate();
  client = makeClientCertificate();
  authority = await startAuthority();
  guarded = await new Provider().start({ certificate, clients: client.authority });
  open = await new Provider(answerTokens).start();
  proxy = await new Proxy().start();
  const oauth2 = (id, secret = 'secret') => ({
    token_url: authority.url,
    client_id: id,
    client_secret_file: join(folder, secret),
    scope: 'data:read',
  });
  providers = await providersFile({
    insee: {
      base_url: guarded.url,
      ca_file: certificate.file,
      client_certificate: {
        certificate_file: client.file,
        key_file: client.lockedKey,
        key_password_file: client.password,
      },
    },
    qualibat: { base_url: guarded.url, ca_file: certificate.file },
    ademe: { base_url: open.url, oauth2: oauth2('long') },
    fntp: { base_url: open.url, oauth2: oauth2('short') },
    opqibi: { base_url: open.url, oauth2: oauth2('long', 'wrong') },
    douanes: {
      base_url: open.url,
      oauth2: { ...oauth2('posts'), client_authentication: 'client_secret_post' },
      credentials: { header: 'X-Api-Key', value: 'a key too' },
    },
  });
  server = await startServer({
    env: {
      GUICHET_PROVIDERS_FILE: providers.file,
      GUICHET_PROXY: proxy.url,
      GUICHET_NO_PROXY: `127.0.0.2`,
    },
  });
  issuer = await new Issuer(server).start();
});
beforeEach(async () => {
  token = await issuer.issue({ scopes: [...SCOPES, 'eori_douanes'] });
  open.asked.length = 0;
  authority.given.length = 0;
  refused.clear();
  refusesAll = false;
});
after(async () => {
  await server?.stop();
  await Promise.all([guarded, open, authority, proxy].map((one) => one?.stop()));
  await providers?.remove();
  certificate?.remove();
  client?.remove();
  await rm(folder, { recursive: true });
});

const call = (path) => token.get(`${path}?${ASKED}`);

test('proves_itself_by_a_client_certificate_whose_key_a_password_opens', async () => {
  (await call(AT.insee)).expect(200);
  const [{ socket }] = guarded.asked;
  assert.equal(socket.getPeerCertificate().subject.CN, 'guichet');
  assert.equal(socket.authorized, true);
});

test('is_refused_by_such_a_provider_without_a_certificate', async () => {
  const count = guarded.asked.length;
  const { body } = (await call(AT.qualibat)).expect(502);
  assert.match(body.errors[0].code, /^06/);
  assert.equal(guarded.asked.length, count);
});

test('sends_an_access_token_that_many_calls_at_once_fetch_once', async () => {
  const answers = await Promise.all(Array.from({ length: CALLS_AT_ONCE }, () => call(AT.ademe)));
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 200),
  );
  assert.equal(authority.given.length, 1);
  assert.equal(open.asked.length, CALLS_AT_ONCE);
  const { authorization } = open.asked[0].headers;
  assert.equal((await authority.accepts(authorization)).scope, 'data:read');
  assert.ok(open.asked.every(({ headers }) => headers.authorization === authorization));
  assert.ok(!server.stderr.includes(authorization.replace('Bearer ', '')));
});

test('tells_the_token_endpoint_who_asks_in_the_body_where_it_wants_that', async () => {
  (await call(`v3/douanes/etablissements/FR13002526500013/immatriculations_eori`)).expect(200);
  assert.deepEqual(
    authority.given.map(({ clientId }) => clientId),
    ['posts'],
  );
  assert.equal(open.asked[0].headers['x-api-key'], 'a key too');
});

test('fetches_a_new_token_shortly_before_the_old_one_expires', async () => {
  (await call(AT.fntp)).expect(200);
  (await call(AT.fntp)).expect(200);
  assert.equal(authority.given.length, 1);
  await waitFor('the token to be renewed', async () => {
    await sleep(PACE_MS);
    (await call(AT.fntp)).expect(200);
    return authority.given.length === 2;
  });
  const [{ headers: before }] = open.asked;
  const { headers: now } = open.asked.at(-1);
  assert.notEqual(before.authorization, now.authorization);
});

test('fetches_a_new_token_once_where_the_provider_refuses_it', async () => {
  (await call(AT.ademe)).expect(200);
  refused.add(open.asked[0].headers.authorization);
  authority.given.length = 0;
  (await call(AT.ademe)).expect(200);
  assert.equal(authority.given.length, 1);
  // From here on everything is refused: the calls that follow do not ask the endpoint each time.
  refusesAll = true;
  open.asked.length = 0;
  for (let i = 0; i < 4; i++) {
    const { body } = (await call(AT.ademe)).expect(502);
    assert.match(body.errors[0].code, /^19006$/);
  }
  assert.equal(authority.given.length, 1);
  assert.equal(open.asked.length, 4);
});

test('says_that_our_credentials_are_wrong_where_the_endpoint_refuses_them', async () => {
  const { body } = (await call(AT.opqibi)).expect(502);
  assert.equal(open.asked.length, 0);
  assert.equal(authority.given.length, 0);
  assert.ok(body.errors[0].meta.provider);
  const [line] = server.logs.filter(
    ({ event, provider }) => event === 'provider_failed' && provider === 'opqibi',
  );
  assert.equal(line.reason, 'the token endpoint refuses our credentials');
  assert.doesNotMatch(server.stderr, /another secret/);
});

test('calls_providers_and_their_token_endpoint_through_the_proxy', async () => {
  const host = (url) => new URL(url).host;
  for (const { url } of [guarded, open, authority]) {
    assert.ok(proxy.asked.includes(host(url)), `${host(url)}: ${proxy.asked}`);
  }
});
