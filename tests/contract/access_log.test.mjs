// What staff and programs of a product read is recorded, beside the answer and never before it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { runJob } from '../support/jobs.mjs';
import { cast, decide, draftRequest, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { stopwatch } from '../support/stopwatch.mjs';
import { waitFor } from '../support/wait.mjs';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');

/** What somebody typed, as it is kept. */
const TYPED = /^hmac:[0-9a-f]{32}$/;

let server;
let applicant;
let instructor;
let domain;
let admin;
let request;
before(async () => {
  server = await startServer();
  ({ applicant, instructor, domain } = await cast(server));
  admin = await logInAs(server, { siret: SIRETS.DINUM, role: 'admin' });
  const draft = await draftRequest(applicant.client, { domain });
  const form = new FormData();
  form.append('kind', 'legal_basis');
  form.append('file', new Blob([PDF]), 'acte.pdf');
  const { body } = await applicant.client.post(`/v1/requests/${draft.id}/attachments`, form);
  request = (await applicant.client.post(`/v1/requests/${draft.id}/submission`)).expect(200).body;
  request.file = body.id;
});
after(() => server.stop());

const idOf = async ({ email }) =>
  (await server.database.sql(`select id from account where email = '${email}'`))[0];
const log = async (query = '', who = admin) =>
  (await who.client.get(`/v1/access-log?${query}`)).expect(200).body;

/** Until every look so far is written: one that is made now stands behind them. */
async function written() {
  const marker = await logInAs(server, { siret: SIRETS.DINUM, role: 'admin' });
  (await marker.client.get('/v1/audit?limit=1')).expect(200);
  const query = `account=${await idOf(marker)}&action=audit.read`;
  await waitFor('the log', async () => (await log(query)).items.length === 1);
}

const actions = async (query) => (await log(query)).items.map(({ action }) => action).toReversed();

test('records_each_part_of_a_file_that_an_instructor_reads', async () => {
  const reader = await logInAs(server, { siret: SIRETS.DINUM, role: 'reporter:api-entreprise' });
  const path = `/v1/requests/${request.id}`;
  (await reader.client.get(path)).expect(200);
  (await reader.client.get(`${path}/attachments/${request.file}`)).expect(200);
  (await reader.client.get('/v1/requests?limit=5')).expect(200);
  const headers = { accept: 'text/csv' };
  (await reader.client.get('/v1/requests?q=clamart', { headers })).expect(200);
  (await reader.client.get(`/v1/requests/${request.id}0`)).expect(404);
  await written();
  const account = await idOf(reader);
  const { items } = await log(`account=${account}`);
  assert.deepEqual(
    items.map(({ action }) => action),
    ['requests.export', 'file.read', 'request.read'],
    'neither a list on the screen nor what was not found',
  );
  const [list, file, read] = items;
  assert.equal(read.actor.id, account);
  assert.equal(read.role, 'reporter');
  assert.deepEqual(read.request, { id: request.id, number: request.number });
  assert.equal(read.product, 'api-entreprise');
  assert.equal(read.siret, SIRETS.CLAMART);
  assert.equal(read.concerned.email, applicant.email);
  assert.equal(read.address, '127.0.0.1');
  assert.equal(read.client, null);
  assert.deepEqual(file.details, { attachment_id: request.file });
  assert.match(list.details.q, TYPED);
  assert.deepEqual([Object.keys(list.details), list.object_id], [['q'], null]);
  assert.deepEqual(
    (await log(`request=${request.id}&account=${account}`)).items.map(({ id }) => id),
    [file.id, read.id],
  );
  assert.equal((await log(`account=${account}&action=file.read`)).items.length, 1);
  assert.equal((await log(`account=${account}&to=${read.at}`)).items.length, 0);
  assert.equal((await log(`account=${account}&from=${read.at}`)).items.length, 3);
  const first = await log(`account=${account}&limit=2`);
  const rest = await log(`account=${account}&limit=2&cursor=${first.next_cursor}`);
  assert.deepEqual([...first.items, ...rest.items], items);
});

test('records_habilitation_document_token_and_calls', async () => {
  const { id } = await submitRequest(applicant.client, { domain });
  (await decide(instructor.client, id, 'approve')).expect(201);
  const { body } = (await applicant.client.get(`/v1/requests/${id}`)).expect(200);
  const reader = await logInAs(server, { siret: SIRETS.DINUM, role: 'instructor:api-entreprise' });
  const paths = [
    `/v1/habilitations/${body.habilitation_id}`,
    `/v1/habilitations/${body.habilitation_id}/document`,
    `/v1/tokens/${body.token_id}`,
  ];
  for (const path of paths) (await reader.client.get(path)).expect(200);
  await written();
  const query = `account=${await idOf(reader)}&request=${id}`;
  assert.deepEqual(await actions(query), ['habilitation.read', 'document.read', 'token.read']);
});

test('a_look_repeated_within_a_minute_is_one', async () => {
  const reader = await logInAs(server, { siret: SIRETS.DINUM, role: 'instructor:api-entreprise' });
  const account = await idOf(reader);
  const path = `/v1/requests/${request.id}`;
  for (const part of ['', '/events', '/messages', '']) {
    (await reader.client.get(path + part)).expect(200);
  }
  await written();
  (await reader.client.get(path)).expect(200);
  await written();
  assert.deepEqual(await actions(`account=${account}`), ['request.read']);
  await server.database.sql(
    `update access_log set at = at - interval '61 seconds' where actor_id = '${account}'`,
  );
  (await reader.client.get(path)).expect(200);
  await written();
  assert.deepEqual(await actions(`account=${account}`), ['request.read', 'request.read']);
});

test('what_people_see_of_themselves_is_no_look', async () => {
  const both = await logInAs(server, { siret: SIRETS.CLAMART, role: 'instructor:api-entreprise' });
  const own = await submitRequest(both.client, { domain });
  const other = await logInAs(server, {
    siret: SIRETS.CLAMART,
    role: 'instructor:api-particulier',
  });
  (await both.client.get(`/v1/requests/${own.id}`)).expect(200);
  (await other.client.get(`/v1/requests/${own.id}`)).expect(200); // as a colleague
  (await applicant.client.get(`/v1/requests/${request.id}`)).expect(200);
  (await both.client.get(`/v1/requests/${request.id}`)).expect(200); // as staff, colleague or not
  await written();
  assert.deepEqual((await log(`request=${own.id}`)).items, []);
  assert.deepEqual((await log(`account=${await idOf(other)}`)).items, []);
  assert.deepEqual((await log(`account=${await idOf(applicant)}`)).items, []);
  const [look] = (await log(`account=${await idOf(both)}`)).items;
  assert.deepEqual([look.role, look.request.id], ['instructor', request.id]);
});

test('records_the_programs_of_a_product', async () => {
  const manager = await logInAs(server, { siret: SIRETS.DINUM, role: 'manager:api-entreprise' });
  const made = { name: 'Tri', scopes: ['requests:read'], product: 'api-entreprise' };
  const { body } = (await manager.client.post('/v1/clients', made)).expect(201);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: body.client.id,
    client_secret: body.client_secret,
  });
  const granted = (await server.client().post('/v1/oauth/token', form)).expect(200).body;
  const options = { bearer: granted.access_token };
  (await server.client().get(`/v1/requests/${request.id}`, options)).expect(200);
  await written();
  const [look] = (await log(`client=${body.client.id}`)).items;
  assert.deepEqual(look.client, { id: body.client.id, name: 'Tri' });
  assert.deepEqual([look.actor, look.role], [null, 'program']);
  assert.equal(look.request.id, request.id);
  assert.deepEqual((await log(`account=${body.client.id}`)).items, []);
});

test('support_that_lists_the_people_of_an_organisation_is_recorded', async () => {
  const support = await logInAs(server, { siret: SIRETS.DINUM, role: 'support' });
  for (const siret of [SIRETS.CLAMART, SIRETS.DINUM]) {
    (await support.client.get(`/v1/organisations/${siret}/members`)).expect(200);
  }
  await written();
  const { items } = await log(`account=${await idOf(support)}`);
  assert.deepEqual(
    items.map(({ action, siret, role }) => [action, siret, role]),
    [['members.read', SIRETS.CLAMART, 'support']],
    'not those of their own',
  );
});

test('what_was_typed_to_find_somebody_is_kept_as_a_digest_that_finds_it_again', async () => {
  const support = await logInAs(server, { siret: SIRETS.DINUM, role: 'support' });
  const seeker = await logInAs(server, { siret: SIRETS.DINUM, role: 'instructor:api-entreprise' });
  const account = await idOf(support);
  const typed = encodeURIComponent('Zénobie  Quetzal');
  (await support.client.get(`/v1/accounts?q=${typed}`)).expect(200);
  (await support.client.get('/v1/accounts?q=quetzal@ailleurs.example')).expect(200);
  (await support.client.get(`/v1/memberships?q=${typed}`)).expect(200);
  const order = { kind: 'requests', filters: { q: 'Zénobie Quetzal', state: 'submitted' } };
  (await seeker.client.post('/v1/exports', order)).expect(202);
  (await log('account=quetzal@ailleurs.example&limit=1')).items;
  await written();
  const found = async (text) =>
    (await log(`searched=${encodeURIComponent(text)}`)).items.map((e) => [e.actor.id, e.action]);
  assert.deepEqual(await found(' zénobie QUETZAL '), [
    [await idOf(seeker), 'requests.export'],
    [account, 'memberships.search'],
    [account, 'accounts.search'],
  ]);
  assert.deepEqual(await found('Quetzal@Ailleurs.example'), [
    [await idOf(admin), 'access_log.read'],
    [account, 'accounts.search'],
  ]);
  assert.deepEqual(await found('quetzal'), [], 'the whole of it');
  const { items } = await log(`account=${account}`);
  assert.equal(new Set(items.map(({ details }) => details.q)).size, 2);
  for (const { details } of items) assert.match(details.q, TYPED);
  const [{ details }] = (await log(`account=${await idOf(seeker)}`)).items;
  assert.equal(details.state, 'submitted', 'a filter that tells of nobody stays readable');
  const [kept] = await server.database.sql(
    "select count(*) from access_log where detail::text ~* 'quetzal'",
  );
  assert.equal(kept, '0');
  (await admin.client.get('/v1/access-log?searched=ab')).expect(422);
});

test('the_person_concerned_reads_by_which_service_and_not_by_whom', async () => {
  const person = await logInAs(server, { siret: SIRETS.CLAMART, domain });
  const own = await submitRequest(person.client, { domain });
  (await instructor.client.get(`/v1/requests/${own.id}`)).expect(200);
  (await admin.client.get(`/v1/requests/${own.id}`)).expect(200);
  await written();
  const { body } = (await person.client.get('/v1/account/access-log')).expect(200);
  assert.deepEqual(
    body.items.map(({ service, action, request: about }) => [service, action, about.number]),
    [
      ['administration', 'request.read', own.number],
      ['instruction', 'request.read', own.number],
    ],
  );
  assert.equal(body.items[1].product, 'api-entreprise');
  assert.doesNotMatch(JSON.stringify(body), new RegExp(instructor.email));
  const { accesses } = (await person.client.get('/v1/account/export')).expect(200).body;
  assert.deepEqual(accesses, body.items);
  const page = (await person.client.get('/v1/account/access-log?limit=1')).body;
  const next = `/v1/account/access-log?limit=1&cursor=${page.next_cursor}`;
  assert.deepEqual((await person.client.get(next)).body.items, [body.items[1]]);
  assert.deepEqual((await instructor.client.get('/v1/account/access-log')).body.items, []);
});

test('only_administrators_read_the_log', async () => {
  const manager = await logInAs(server, { siret: SIRETS.DINUM, role: 'manager:api-entreprise' });
  for (const who of [applicant, instructor, manager]) {
    (await who.client.get('/v1/access-log')).expect(403);
  }
  (await server.client().get('/v1/access-log')).expect(401);
  (await server.client().get('/v1/account/access-log')).expect(401);
  for (const query of ['account=x', 'client=x', 'request=x', 'from=x', 'to=x', 'cursor=x']) {
    (await admin.client.get(`/v1/access-log?${query}`)).expect(422);
  }
});

test('keeps_looks_as_long_as_the_setting_says', async () => {
  const insert = (days, action) =>
    server.database.sql(
      `insert into access_log (at, actor_kind, actor_id, role, action, object_type)
       select now() - interval '${days} days', 'account', gen_random_uuid(), 'admin', '${action}', 'list'
       from generate_series(1, 3)`,
    );
  await insert(366, 'audit.read');
  await insert(364, 'requests.export');
  await runJob(server, 'access_log');
  const left = await server.database.sql(
    `select action from access_log where at < now() - interval '300 days'`,
  );
  assert.deepEqual(left, Array(3).fill('requests.export'));
});

test('lines_of_the_log_say_which_account_or_program_asked', async () => {
  const { headers } = (await instructor.client.get('/v1/session')).expect(200);
  const { headers: visit } = (await server.client().get('/v1/session')).expect(200);
  const line = (id) =>
    waitFor('the line', () => server.logs.find((entry) => entry.request_id === id));
  assert.equal((await line(headers['x-request-id'])).account, await idOf(instructor));
  assert.equal((await line(visit['x-request-id'])).account, '');
});

test('reading_never_waits_for_the_log_which_says_that_it_waits', async () => {
  const reader = await logInAs(server, { siret: SIRETS.DINUM, role: 'instructor:api-entreprise' });
  const release = await server.database.hold('lock table access_log in access exclusive mode');
  const elapsedMs = stopwatch();
  (await reader.client.get(`/v1/requests/${request.id}`)).expect(200);
  assert.ok(elapsedMs() < 1000, 'it answers');
  await waitFor('the event', () => server.logs.some(({ event }) => event === 'access_log_waits'));
  const metrics = await server.metrics();
  assert.match(metrics, /^guichet_access_log_waiting [1-9]\d*$/m);
  const [, oldest] = /^guichet_access_log_oldest_seconds ([\d.]+)$/m.exec(metrics);
  assert.ok(Number(oldest) > 1);
  assert.match(metrics, /^guichet_access_log_lost_total 0$/m);
  await release();
  await written();
  assert.deepEqual(await actions(`account=${await idOf(reader)}`), ['request.read']);
  const waits = server.logs.filter(({ event }) => event === 'access_log_waits');
  assert.equal(waits.length, 1, 'said once');
});

test('a_stop_writes_what_waits', async () => {
  const reader = await logInAs(server, { siret: SIRETS.DINUM, role: 'instructor:api-entreprise' });
  const account = await idOf(reader);
  (await reader.client.get(`/v1/requests/${request.id}`)).expect(200);
  await server.end();
  const rows = await server.database.sql(
    `select action from access_log where actor_id = '${account}'`,
  );
  assert.deepEqual(rows, ['request.read']);
  await server.start();
});
