// Calls that leave through a proxy: which do, which do not, and what the proxy is told. Addresses that
// strangers chose are judged before: the proxy never gets a name to resolve.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { after, before, beforeEach, test } from 'node:test';
import { Outbound } from '../support/outbound.mjs';
import { freePort } from '../support/ports.mjs';
import { Proxy } from '../support/proxy.mjs';
import { runProgram } from '../support/server.mjs';
import { makeCertificate } from '../support/tls.mjs';

/** No host is excepted, not even this machine. */
const ALL = 'nobody.example';

let proxy;
let plain;
let secure;
let certificate;
let outbound;

const portOf = (server) => server.address().port;
const listen = async (server) => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

before(async () => {
  certificate = makeCertificate('DNS:localhost,DNS:webhook.example,IP:127.0.0.1');
  const answer = (req, res) => res.end(`bonjour ${req.headers.host}`);
  plain = await listen(http.createServer(answer));
  secure = await listen(https.createServer(certificate, answer));
  proxy = await new Proxy((target) =>
    target.startsWith('93.184.216.34:') ? `127.0.0.1:${portOf(secure)}` : target,
  ).start();
  outbound = new Outbound({ GUICHET_PROXY: proxy.url, GUICHET_NO_PROXY: ALL });
});
beforeEach(() => {
  proxy.asked.length = 0;
  proxy.status = 200;
});
after(async () => {
  assert.equal(await outbound.close(), 0, outbound.log);
  await proxy.stop();
  for (const server of [plain, secure]) {
    server.closeAllConnections();
    server.close();
  }
  certificate.remove();
});

const get = (url, options) => outbound.ask({ do: 'http', url, ...options });

test('calls_by_connect_over_http_and_https_and_keeps_the_connection', async () => {
  const target = `127.0.0.1:${portOf(plain)}`;
  for (let i = 0; i < 2; i++) {
    const { error, status, body } = await get(`http://${target}/`);
    assert.deepEqual([error, status, body], ['ok', 200, `bonjour ${target}`]);
  }
  assert.deepEqual(proxy.asked, [target]);
  const inner = `localhost:${portOf(secure)}`;
  const trusted = await get(`https://${inner}/`, { ca_file: certificate.file });
  assert.deepEqual([trusted.error, trusted.body], ['ok', `bonjour ${inner}`]);
  assert.deepEqual(proxy.asked, [target, inner]);
});

test('judges_the_certificate_of_the_origin_behind_the_proxy', async () => {
  const stranger = await get(`https://localhost:${portOf(secure)}/`);
  assert.equal(stranger.error, 'upstream', JSON.stringify(stranger));
  assert.equal(proxy.asked.length, 1);
});

test('calls_excepted_hosts_directly', async (t) => {
  const port = portOf(plain);
  for (const [no, host, isDirect] of [
    ['127.0.0.0/8', '127.0.0.1', true],
    ['127.0.0.2', '127.0.0.1', false],
    ['LOCALHOST', 'localhost', true],
    ['.localhost', 'localhost', false],
    ['other.example, localhost', 'localhost', true],
    ['', '127.0.0.1', true],
  ]) {
    proxy.asked.length = 0;
    const one = new Outbound({ GUICHET_PROXY: proxy.url, GUICHET_NO_PROXY: no }, t);
    assert.equal((await one.ask({ do: 'http', url: `http://${host}:${port}/` })).error, 'ok');
    assert.deepEqual(proxy.asked, isDirect ? [] : [`${host}:${port}`], no);
  }
});

test('names_itself_to_a_proxy_that_asks_for_it', async (t) => {
  const known = new Outbound(
    {
      GUICHET_PROXY: `http://guichet:p%40ss@127.0.0.1:${proxy.port}/`,
      GUICHET_NO_PROXY: ALL,
    },
    t,
  );
  assert.equal(
    (await known.ask({ do: 'http', url: `http://127.0.0.1:${portOf(plain)}/` })).error,
    'ok',
  );
  assert.equal(proxy.authorization, `Basic ${Buffer.from('guichet:p@ss').toString('base64')}`);
});

test('says_what_is_wrong_with_a_proxy_that_does_not_help', async (t) => {
  const url = `https://localhost:${portOf(secure)}/`;
  for (const [status, reason] of [
    [403, /proxy refuses the connection/],
    [502, /proxy refuses the connection/],
    [407, /proxy asks for other credentials/],
  ]) {
    proxy.status = status;
    const refused = await get(url, { ca_file: certificate.file });
    assert.equal(refused.error, 'unavailable', JSON.stringify(refused));
    assert.match(refused.reason, reason);
  }
  proxy.status = null;
  assert.equal((await get(url, { timeout_ms: 1000 })).error, 'timeout');
  const nobody = { GUICHET_PROXY: `http://127.0.0.1:${await freePort()}`, GUICHET_NO_PROXY: ALL };
  const gone = await new Outbound(nobody, t).ask({ do: 'http', url });
  assert.equal(gone.error, 'unavailable');
});

test('a_proxy_reaches_no_inner_address_for_a_stranger', async () => {
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '10.0.0.1', '169.254.169.254']) {
    const refused = await get(`https://${host}:${portOf(secure)}/`, { public_only: true });
    assert.equal(refused.error, 'forbidden', host);
  }
  const unknown = await get('https://nobody.invalid/', { public_only: true });
  assert.equal(unknown.error, 'unavailable');
  assert.deepEqual(proxy.asked, []);
});

test('a_proxy_is_told_the_address_that_was_judged_and_tls_checks_the_name', async () => {
  const options = { public_only: true, ca_file: certificate.file };
  const byAddress = await get('https://93.184.216.34/', options);
  assert.equal(byAddress.error, 'upstream'); // the certificate is for other names
  assert.deepEqual(proxy.asked, ['93.184.216.34:443']);
  proxy.asked.length = 0;
  const port = portOf(secure);
  const allowed = await get(`https://localhost:${port}/`, { ...options, allow: 'localhost' });
  assert.deepEqual([allowed.error, allowed.body], ['ok', `bonjour localhost:${port}`]);
  const [asked] = proxy.asked;
  assert.ok(
    ['127.0.0.1', '[::1]'].some((address) => asked === `${address}:${port}`),
    asked,
  );
});

test('inner_addresses_that_are_allowed_are_reached_and_no_others', async (t) => {
  const direct = new Outbound({}, t);
  const port = portOf(plain);
  const ask = (host, allow) =>
    direct.ask({ do: 'http', url: `http://${host}:${port}/`, public_only: true, allow });
  assert.equal((await ask('127.0.0.1', '127.0.0.0/8')).error, 'ok');
  assert.equal((await ask('localhost', '127.0.0.1,::1')).error, 'ok');
  assert.equal((await ask('localhost', 'LocalHost')).error, 'ok');
  assert.equal((await ask('127.0.0.1', '127.0.0.2/32,10.0.0.0/8')).error, 'forbidden');
  assert.equal((await ask('127.0.0.1', 'localhost')).error, 'forbidden');
  assert.equal((await ask('localhost', '.localhost')).error, 'forbidden');
});

test('refuses_settings_of_the_way_out_that_make_no_sense', async () => {
  const good = {
    GUICHET_DATABASE_URL: 'unused',
    GUICHET_MASTER_KEY: randomBytes(32).toString('base64'),
  };
  const check = (env) => runProgram(['check-config'], { env: { ...good, ...env } });
  const wrong = {
    GUICHET_PROXY: 'socks5://user:hidden@proxy.example',
    GUICHET_NO_PROXY: 'localhost,,',
    GUICHET_CA_FILE: '/nowhere/ca.pem',
    GUICHET_WEBHOOK_ALLOW: '10.0.0.1/8',
  };
  const { code, stderr } = await check(wrong);
  assert.equal(code, 1);
  for (const name of Object.keys(wrong)) assert.ok(stderr.includes(`${name}: `), stderr);
  assert.doesNotMatch(stderr, /hidden/);
  for (const proxy of [
    'http://',
    'http://:3128',
    'http://proxy.example/path',
    'proxy:3128',
    'http://proxy.example:99999',
  ]) {
    assert.equal((await check({ GUICHET_PROXY: proxy })).code, 1, proxy);
  }
  for (const [allowed, why] of [
    ['0.0.0.0/0', 'wider than an inner network'],
    ['10.1.0.0/16, 169.254.169.254', 'hand out keys'],
    ['fe80::/10', 'hand out keys'],
    ['127.0.0.0/8', 'this machine'],
  ]) {
    const outside = { GUICHET_PUBLIC_URL: 'http://guichet.example' };
    const refused = await check({ ...outside, GUICHET_WEBHOOK_ALLOW: allowed });
    assert.equal(refused.code, 1, allowed);
    assert.match(refused.stderr, new RegExp(`^GUICHET_WEBHOOK_ALLOW: .*${why}`, 'm'));
  }
  const fine = await check({
    GUICHET_PROXY: 'http://proxy.example:3128/',
    GUICHET_NO_PROXY: ' .inner.example , 10.0.0.0/8,::1',
    GUICHET_CA_FILE: certificate.file,
    GUICHET_WEBHOOK_ALLOW: 'hooks.inner.example',
  });
  assert.equal(fine.code, 0, fine.stderr);
});
