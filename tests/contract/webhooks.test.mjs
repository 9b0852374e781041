// Webhooks: who may listen to what, signed deliveries, attempts, replays, and when it is enough.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { webhooksDone } from '../support/barrier.mjs';
import { Listener, readSignature, sign } from '../support/listener.mjs';
import { cast, createRequest, decide, saveRequest, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

let server;
let people;
let manager;
const listeners = [];

before(async () => {
  server = await startServer({ env: { GUICHET_WEBHOOK_LOOPBACK: 'on' } });
  people = await cast(server);
  manager = await logInAs(server, { siret: SIRETS.DINUM, role: 'manager:api-entreprise' });
});
after(async () => {
  await server.stop();
  await Promise.all(listeners.map((listener) => listener.stop()));
});

async function listen() {
  const listener = await new Listener().start();
  listeners.push(listener);
  return listener;
}

const EVENTS = ['request.created', 'request.submitted'];

async function create(person, listener, members = {}) {
  const body = {
    product: 'api-entreprise',
    siret: SIRETS.CLAMART,
    url: listener.url,
    events: EVENTS,
    ...members,
  };
  const answer = (await person.client.post('/v1/webhooks', body)).expect(201);
  return { ...answer.body, path: `/v1/webhooks/${answer.body.webhook.id}`, etag: answer.etag };
}

const attemptsOf = async (person, path, query = '') =>
  (await person.client.get(`${path}/attempts${query}`)).expect(200).body.items;

test('delivers_signed_events_of_request_and_token', async () => {
  const listener = await listen();
  const events = [
    'request.created',
    'request.submitted',
    'request.approved',
    'token.created',
    'token.revoked',
  ];
  const { secret, path, webhook } = await create(people.applicant, listener, { events });
  const { id } = await submitRequest(people.applicant.client, { domain: people.domain });
  (await decide(people.instructor.client, id, 'approve')).expect(201);
  const { body: request } = await people.applicant.client.get(`/v1/requests/${id}`);
  (
    await people.applicant.client.post(`/v1/tokens/${request.token_id}/revocation`, { reason: 'x' })
  ).expect(200);
  const mine = (event) => event.data.request_id === id;
  for (const name of events) {
    const { headers, body, event } = await listener.take(name, mine);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['x-guichet-event-id'], event.id);
    const { at, signatures } = readSignature(headers['x-guichet-signature']);
    assert.ok(Math.abs(at - Date.now() / 1000) < 300);
    assert.deepEqual(signatures, [sign(secret, at, body)]);
    assert.equal(event.siret, SIRETS.CLAMART);
    assert.equal(event.product, 'api-entreprise');
    assert.equal(event.data.request_number, request.number);
  }
  assert.equal(
    (await listener.take('request.approved', mine)).event.data.request_state,
    'approved',
  );
  assert.equal((await listener.take('token.revoked', mine)).event.data.token_id, request.token_id);
  const attempts = await waitFor('the attempts', async () => {
    const items = await attemptsOf(people.applicant, path, '?limit=100');
    return items.filter(({ state }) => state === 'delivered').length === events.length && items;
  });
  assert.ok(attempts.every(({ status }) => status === 204));
  assert.deepEqual(attempts.map(({ event }) => event).sort(), [...events].sort());
  const { body: read } = await people.applicant.client.get(path);
  assert.ok(read.last_success_at && read.secrets[0].last_used_at);
  assert.equal(read.id, webhook.id);
});

test('delivers_consecutive_saves_once_deletions_and_assignments', async () => {
  const listener = await listen();
  const events = ['request.updated', 'request.deleted', 'request.assigned'];
  await create(people.applicant, listener, { events });
  const { client } = people.applicant;
  const draft = (await createRequest(client)).body;
  await saveRequest(client, draft.id, { title: 'Un' });
  await saveRequest(client, draft.id, { title: 'Deux' });
  (await client.delete(`/v1/requests/${draft.id}`)).expect(204);
  const ofDraft = ({ data }) => data.request_id === draft.id;
  await listener.take('request.deleted', ofDraft);
  await listener.take('request.updated', ofDraft);
  const { id } = await submitRequest(client, { domain: people.domain });
  const { account } = people.instructor.session;
  const taken = { account_id: account.id };
  (await people.instructor.client.put(`/v1/requests/${id}/assignee`, taken)).expect(200);
  await listener.take('request.assigned', ({ data }) => data.request_id === id);
  await webhooksDone(server);
  const told = listener.received.filter(({ event }) => event.event === 'request.updated');
  assert.equal(told.filter(({ event }) => ofDraft(event)).length, 1);
});

test('delivers_reveals_shares_and_address_changes_of_a_token', async () => {
  const listener = await listen();
  const events = ['token.revealed', 'token.shared', 'token.addresses_changed'];
  await create(people.applicant, listener, { events });
  const { client } = people.applicant;
  const { id } = await submitRequest(client, { domain: people.domain });
  (await decide(people.instructor.client, id, 'approve')).expect(201);
  const { body: request } = await client.get(`/v1/requests/${id}`);
  const path = `/v1/tokens/${request.token_id}`;
  const mine = ({ data }) => data.request_id === id && data.token_id === request.token_id;
  (await client.post(`${path}/reveal`)).expect(200);
  const { body } = await listener.take('token.revealed', mine);
  assert.doesNotMatch(body, /eyJ/);
  (await client.post(`${path}/shares`, { email: 'tiers@editeur.example' })).expect(201);
  await listener.take('token.shared', mine);
  const { etag } = await client.get(path);
  (await client.patch(path, { allowed_ips: ['192.0.2.7'] }, { etag })).expect(200);
  await listener.take('token.addresses_changed', mine);
});

test('delivers_only_its_events_of_its_organisation', async () => {
  const [own, other] = [await listen(), await listen()];
  await create(people.applicant, own, { events: ['request.created'] });
  const stranger = await logInAs(server, { siret: SIRETS.LILLE });
  await create(stranger, other, { siret: SIRETS.LILLE });
  const { id } = await submitRequest(people.applicant.client, { domain: people.domain });
  const theirs = (await createRequest(stranger.client, { siret: SIRETS.LILLE })).body;
  await own.take('request.created', ({ data }) => data.request_id === id);
  await other.take('request.created', ({ data }) => data.request_id === theirs.id);
  await webhooksDone(server);
  assert.ok(own.received.every(({ event }) => event.event === 'request.created'));
  assert.ok(own.received.every(({ event }) => event.siret === SIRETS.CLAMART));
  assert.ok(other.received.every(({ event }) => event.siret === SIRETS.LILLE));
});

test('delivers_no_drafts_to_webhooks_of_a_product', async () => {
  const listener = await listen();
  await create(manager, listener, { siret: null });
  const { id } = await submitRequest(people.applicant.client, { domain: people.domain });
  await listener.take('request.submitted', ({ data }) => data.request_id === id);
  await webhooksDone(server);
  assert.ok(!listener.received.some(({ event }) => event.event === 'request.created'));
});

test('signs_with_each_of_two_secrets', async () => {
  const listener = await listen();
  const { secret, path } = await create(people.applicant, listener);
  const second = (await people.applicant.client.post(`${path}/secrets`)).expect(201).body;
  (await people.applicant.client.post(`${path}/secrets`)).expect(409);
  await createRequest(people.applicant.client);
  const { headers, body } = await listener.take('request.created');
  const { at, signatures } = readSignature(headers['x-guichet-signature']);
  assert.deepEqual(signatures, [sign(secret, at, body), sign(second.secret, at, body)]);
  const { body: read } = await people.applicant.client.get(path);
  const first = read.secrets.find(({ id }) => id !== second.id);
  (await people.applicant.client.delete(`${path}/secrets/${first.id}`)).expect(204);
  (await people.applicant.client.delete(`${path}/secrets/${first.id}`)).expect(404);
  (await people.applicant.client.delete(`${path}/secrets/${second.id}`)).expect(409);
  const stored = await server.database.sql('select sealed_secret from webhook_secret');
  assert.ok(!stored.some((sealed) => sealed.includes(secret)));
});

test('retries_and_shows_each_attempt', async () => {
  const listener = await listen();
  listener.answer = {
    status: 500,
    body: 'en panne\u0000é',
    headers: { 'content-type': 'text/plain' },
  };
  const { path } = await create(people.applicant, listener);
  await createRequest(people.applicant.client);
  // The next attempt comes by itself after seconds: there may be more of them by now.
  const { pending, failed } = await waitFor('a failed attempt and the next', async () => {
    const items = await attemptsOf(people.applicant, path);
    const last = (state) => items.find((item) => item.state === state);
    return (
      last('pending') && last('failed') && { pending: last('pending'), failed: last('failed') }
    );
  });
  assert.equal(failed.state, 'failed');
  assert.equal(failed.status, 500);
  assert.match(failed.response_excerpt, /^en panne/);
  assert.match(failed.error, /500/);
  assert.equal(JSON.parse(failed.request_body).id, failed.event_id);
  assert.equal(pending.state, 'pending');
  assert.ok(Date.parse(pending.next_attempt_at) > Date.parse(failed.at));
  listener.answer = { status: 200 };
  await server.database.sql("update webhook_attempt set due_at = now() where state = 'pending'");
  await waitFor('the delivery', async () => {
    const items = await attemptsOf(people.applicant, path, `?event_id=${failed.event_id}`);
    return items.some(({ state }) => state === 'delivered');
  });
  assert.ok(listener.received.length >= 2);
  for (const { body } of listener.received) assert.equal(body, failed.request_body);
  const all = await attemptsOf(people.applicant, path);
  const first = (await people.applicant.client.get(`${path}/attempts?limit=1`)).body;
  const second = (
    await people.applicant.client.get(`${path}/attempts?limit=1&cursor=${first.next_cursor}`)
  ).body;
  assert.deepEqual(
    [...first.items, ...second.items].map(({ id }) => id),
    all.slice(0, 2).map(({ id }) => id),
  );
});

test('follows_no_redirect', async () => {
  const [listener, trap] = [await listen(), await listen()];
  listener.answer = { status: 302, headers: { location: trap.url } };
  const { path } = await create(people.applicant, listener);
  await createRequest(people.applicant.client);
  const failed = await waitFor('the failed attempt', async () =>
    (await attemptsOf(people.applicant, path)).find(({ state }) => state === 'failed'),
  );
  assert.equal(failed.status, 302);
  await webhooksDone(server);
  assert.equal(trap.received.length, 0);
});

test('is_disabled_with_a_mail_after_the_last_attempt', async () => {
  const listener = await listen();
  listener.answer = { status: 503 };
  const owner = await logInAs(server, { siret: SIRETS.CLAMART });
  const { path, webhook } = await create(owner, listener, { events: ['request.created'] });
  await createRequest(people.applicant.client);
  const delays = [];
  for (let number = 1; number <= 8; number++) {
    // The second one comes after five seconds by itself.
    if (number > 2) {
      const planned = `select extract(epoch from due_at - at)::int from webhook_attempt
        where number = ${number} and webhook_id = '${webhook.id}'`;
      const ask = async () => (await server.database.sql(planned))[0];
      delays.push(Number(await waitFor(`attempt ${number} to be planned`, ask)));
    }
    await waitFor(`attempt ${number}`, async () => {
      await server.database.sql(
        `update webhook_attempt set due_at = now()
         where state = 'pending' and number = ${number} and webhook_id = '${webhook.id}'`,
      );
      return listener.received.length >= number;
    });
  }
  assert.deepEqual(delays, [30, 120, 600, 3600, 10800, 21600]);
  const read = await waitFor('the end', async () => {
    const { body } = await owner.client.get(path);
    return !body.enabled && body;
  });
  assert.match(read.disabled_reason, /échoué/);
  const mail = await server.mailbox.take({ to: owner.email, subject: /désactivé/ });
  // Typed by a person, so that no mail program makes a link of it.
  assert.ok(mail.text.includes(`> ${listener.url.replace(':', ':\u2060')}`), mail.text);
  assert.equal(listener.received.length, 8);
  await createRequest(people.applicant.client);
  const missed = await waitFor('the missed event', async () =>
    (await attemptsOf(owner, path)).find(({ error }) => error === 'Webhook désactivé.'),
  );
  assert.equal(missed.state, 'failed');
  const replay = `${path}/attempts/${missed.id}/replay`;
  (await owner.client.post(replay)).expect(409);
  listener.answer = { status: 204 };
  const on = (await owner.client.patch(path, { enabled: true }, { etag: '*' })).expect(200);
  assert.equal(on.body.disabled_reason, null);
  (await owner.client.post(replay)).expect(202);
  await waitFor('the replay', () =>
    listener.received.some(({ event }) => event.id === missed.event_id),
  );
  await webhooksDone(server);
  assert.equal(listener.received.length, 9);
  (await owner.client.post(`${path}/attempts/${crypto.randomUUID()}/replay`)).expect(404);
});

test('changes_with_if_match', async () => {
  const listener = await listen();
  const { path, etag } = await create(people.applicant, listener);
  const { client } = people.applicant;
  (await client.patch(path, { enabled: false })).expect(428);
  const off = (
    await client.patch(path, { enabled: false, events: ['token.rotated'] }, { etag })
  ).expect(200);
  assert.equal(off.body.enabled, false);
  assert.deepEqual(off.body.events, ['token.rotated']);
  (await client.patch(path, { enabled: true }, { etag })).expect(412);
  const wrong = { url: 'ftp://x', events: [], enabled: null, product: 'x' };
  assert.deepEqual((await client.patch(path, wrong, { etag: '*' })).expect(422).codes, {
    '/enabled': 'wrong_type',
    '/events': 'required',
    '/product': 'unknown_member',
  });
  (await client.delete(path)).expect(204);
  (await client.delete(path)).expect(404);
  (await client.get(path)).expect(404);
});

test('is_hidden_from_other_accounts', async () => {
  const listener = await listen();
  const { path } = await create(people.applicant, listener);
  const other = await logInAs(server, { siret: SIRETS.CLAMART });
  for (const at of [path, `${path}/attempts`]) (await other.client.get(at)).expect(404);
  (await other.client.patch(path, { enabled: false }, { etag: '*' })).expect(404);
  (await other.client.delete(path)).expect(404);
  (await other.client.post(`${path}/secrets`)).expect(404);
  assert.deepEqual((await other.client.get('/v1/webhooks')).expect(200).body.items, []);
  (await server.client().get('/v1/webhooks')).expect(401);
});

test('refuses_webhooks_beyond_the_limit_of_the_account', async () => {
  const body = {
    product: 'api-entreprise',
    siret: SIRETS.PARIS,
    url: 'https://a.example/',
    events: EVENTS,
  };
  const { client } = people.applicant;
  (await client.post('/v1/webhooks', body)).expect(403);
  (await client.post('/v1/webhooks', { ...body, siret: null })).expect(403);
  (await people.instructor.client.post('/v1/webhooks', { ...body, siret: null })).expect(403);
  assert.deepEqual(
    (await client.post('/v1/webhooks', { ...body, product: 'none' })).expect(422).codes,
    { '/product': 'not_found' },
  );
  assert.deepEqual(
    (await client.post('/v1/webhooks', { events: ['x', 'x'], siret: '1' })).expect(422).codes,
    {
      '/product': 'required',
      '/url': 'required',
      '/events/0': 'unknown_value',
      '/events/1': 'unknown_value',
      '/siret': 'invalid_format',
    },
  );
});

test('is_disabled_when_its_owner_leaves_the_organisation', async () => {
  const [listener, witness] = [await listen(), await listen()];
  const owner = await logInAs(server, { siret: SIRETS.CLAMART });
  await create(owner, listener);
  await create(people.applicant, witness);
  await server.database.sql(
    `update membership set state = 'left' where account_id = (select id from account where email = '${owner.email}')`,
  );
  await createRequest(people.applicant.client);
  await witness.take('request.created');
  await webhooksDone(server);
  assert.equal(listener.received.length, 0);
});

test('is_managed_only_by_programs_of_the_same_organisation', async () => {
  const listener = await listen();
  const { client } = people.applicant;
  const program = { name: 'P', siret: SIRETS.CLAMART, scopes: ['webhooks'] };
  const { client: made, client_secret: secret } = (
    await client.post('/v1/clients', program)
  ).expect(201).body;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: made.id,
    client_secret: secret,
  });
  const { access_token: bearer } = (await server.client().post('/v1/oauth/token', form)).expect(
    200,
  ).body;
  const body = {
    product: 'api-entreprise',
    siret: SIRETS.CLAMART,
    url: listener.url,
    events: EVENTS,
  };
  const post = (members) =>
    server.client().post('/v1/webhooks', { ...body, ...members }, { bearer });
  const { webhook } = (await post()).expect(201).body;
  (await post({ siret: SIRETS.LYON })).expect(403);
  (await post({ siret: null })).expect(403);
  const { items } = (await server.client().get('/v1/webhooks', { bearer })).expect(200).body;
  assert.ok(items.some(({ id }) => id === webhook.id));
  assert.ok(items.every(({ siret }) => siret === SIRETS.CLAMART));
});

test('refuses_addresses_of_internal_networks', async () => {
  const strict = await startServer();
  try {
    const person = await logInAs(strict, { siret: SIRETS.CLAMART });
    const post = (url) =>
      person.client.post('/v1/webhooks', {
        product: 'api-entreprise',
        siret: SIRETS.CLAMART,
        url,
        events: EVENTS,
      });
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      'localhost',
      'LOCALHOST',
      '10.0.0.1',
      '192.168.1.1:8443',
      '172.16.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[fe80::1]',
      '[fd00::1]',
      'intranet',
      'service.internal',
      'printer.local',
    ]) {
      const { codes } = (await post(`https://${host}/hook`)).expect(422);
      assert.deepEqual(codes, { '/url': 'not_allowed' }, host);
    }
    for (const url of [
      'http://www.exemple.fr/',
      'ftp://www.exemple.fr/',
      'https://',
      'https://u:p@www.exemple.fr/',
      'https://www.exemple.fr:99999999/',
      'https://www.exemple.fr/é',
      'https://www.exemple.fr/a b',
      'www.exemple.fr',
    ]) {
      const { codes } = (await post(url)).expect(422);
      assert.deepEqual(codes, { '/url': 'invalid_format' }, url);
    }
    (await post('https://www.exemple.fr:8443/hook?a=1')).expect(201);
  } finally {
    await strict.stop();
  }
});

test('refuses_names_that_resolve_to_internal_addresses', async () => {
  const strict = await startServer({ start: false });
  await strict.start();
  try {
    const person = await logInAs(strict, { siret: SIRETS.CLAMART });
    const listener = await listen();
    const body = {
      product: 'api-entreprise',
      siret: SIRETS.CLAMART,
      url: 'https://www.exemple.fr/',
      events: EVENTS,
    };
    const { webhook } = (await person.client.post('/v1/webhooks', body)).expect(201).body;
    // As if the name had been judged good and led elsewhere since.
    await strict.database.sql(
      `update webhook set url = '${listener.url}' where id = '${webhook.id}'`,
    );
    await createRequest(person.client);
    const failed = await waitFor('the refusal', async () =>
      (await attemptsOf(person, `/v1/webhooks/${webhook.id}`)).find(
        ({ state }) => state === 'failed',
      ),
    );
    assert.match(failed.error, /réseau privé/);
    assert.equal(failed.status, null);
    assert.equal(listener.received.length, 0);
  } finally {
    await strict.stop();
  }
});

test('loses_no_event_when_killed', async () => {
  const listener = await listen();
  const { path } = await create(people.applicant, listener);
  const { body: request } = await createRequest(people.applicant.client);
  await server.kill();
  await server.start();
  await listener.take('request.created', ({ data }) => data.request_id === request.id);
  assert.equal((await people.applicant.client.get(path)).status, 200);
});

test('delivers_a_token_event_with_the_state_of_its_request_at_that_time', async () => {
  const listener = await listen();
  const events = ['token.created', 'token.revoked'];
  await create(people.applicant, listener, { events });
  const { id } = await submitRequest(people.applicant.client, { domain: people.domain });
  (await decide(people.instructor.client, id, 'approve')).expect(201);
  (await decide(people.instructor.client, id, 'revoke', { reason: 'Fin du droit.' })).expect(201);
  const mine = (event) => event.data.request_id === id;
  const states = [];
  for (const name of events) {
    states.push((await listener.take(name, mine)).event.data.request_state);
  }
  assert.deepEqual(states, ['approved', 'revoked']);
});
