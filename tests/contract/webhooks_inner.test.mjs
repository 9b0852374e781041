// Webhooks of programs inside of the operator's own network: those that the operator allows, and through the
// proxy that every other call leaves by.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Listener } from '../support/listener.mjs';
import { Proxy } from '../support/proxy.mjs';
import { cast, createRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { makeCertificate } from '../support/tls.mjs';

let certificate;
let listener;
let proxy;
let server;
let people;

before(async () => {
  certificate = makeCertificate('DNS:localhost');
  listener = await new Listener().start({ certificate });
  proxy = await new Proxy().start();
  server = await startServer({
    env: {
      GUICHET_WEBHOOK_ALLOW: 'localhost, 10.1.0.0/16',
      GUICHET_CA_FILE: certificate.file,
      GUICHET_PROXY: proxy.url,
      GUICHET_NO_PROXY: '127.0.0.2',
    },
  });
  people = await cast(server);
});
after(async () => {
  await server?.stop();
  await Promise.all([listener, proxy].map((one) => one?.stop()));
  certificate?.remove();
});

const register = (url) =>
  people.applicant.client.post('/v1/webhooks', {
    product: 'api-entreprise',
    siret: SIRETS.CLAMART,
    url,
    events: ['request.created'],
  });

test('delivers_to_an_allowed_inner_host_by_the_address_that_was_judged', async () => {
  const port = new URL(listener.url).port;
  (await register(`https://localhost:${port}/hook`)).expect(201);
  const { body } = await createRequest(people.applicant.client);
  await listener.take('request.created', ({ data }) => data.request_id === body.id);
  const hosts = new Set(proxy.asked);
  assert.ok(hosts.has(`127.0.0.1:${port}`) || hosts.has(`[::1]:${port}`), [...hosts].join());
  assert.ok(!hosts.has(`localhost:${port}`));
});

test('refuses_what_is_not_allowed_however_near_it_is', async () => {
  for (const url of [
    'https://127.0.0.1/hook',
    'https://sub.localhost/hook',
    'https://10.2.0.1/hook',
    'https://169.254.169.254/hook',
    'https://intranet/hook',
    'http://localhost/hook',
  ]) {
    const { body } = (await register(url)).expect(422);
    assert.equal(body.errors[0].pointer, '/url', url);
  }
  (await register('https://10.1.2.3/hook')).expect(201);
});
