// Exports: made by the worker, one at a time, fetched in one's own session within a day.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { runJob } from '../support/jobs.mjs';
import { cast, decide, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const STAFF = { siret: SIRETS.DINUM, role: 'instructor:api-entreprise' };

let server;
let applicant;
let instructor;
let domain;
let numbers;
before(async () => {
  server = await startServer({ env: { GUICHET_EXPORT_MB: '1' } });
  ({ applicant, instructor, domain } = await cast(server));
  const made = [];
  for (const title of ['Aides', '=1;=2', 'Marchés']) {
    made.push(await submitRequest(applicant.client, { domain, patch: { title } }));
  }
  numbers = made.map(({ number }) => number);
  (await decide(instructor.client, made[0].id, 'refuse', { reason: 'Non' })).expect(201);
});
after(() => server.stop());

const ask = ({ client }, body, options) => client.post('/v1/exports', body, options);
const read = async ({ client }, id) => (await client.get(`/v1/exports/${id}`)).expect(200).body;
const fetchFile = ({ client }, id) => client.get(`/v1/exports/${id}/file`);
const idOf = async ({ email }) =>
  (await server.database.sql(`select id from account where email = '${email}'`))[0];

/** Until it is ready or has failed. */
const made = (who, id) =>
  waitFor('the export', async () => {
    const state = await read(who, id);
    return ['ready', 'failed'].includes(state.state) && state;
  });

async function fileOf(who, body) {
  const { id } = (await ask(who, body)).expect(202).body;
  const state = await made(who, id);
  assert.equal(state.state, 'ready', state.problem);
  return { id, state, ...(await fetchFile(who, id)).expect(200) };
}

/** No export is made until `release` is called. */
async function holdWorker() {
  const release = await server.database.hold('lock table export_chunk in access exclusive mode');
  return async () => {
    await release();
    await server.database.sql(`update job set run_at = now() where kind = 'make_export'`);
  };
}

test('makes_the_filtered_list_as_csv_and_as_json_and_tells_by_mail', async () => {
  const who = await logInAs(server, STAFF);
  const answer = (await ask(who, { kind: 'requests', filters: { state: 'submitted' } })).expect(
    202,
  );
  assert.equal(answer.headers.location, `/v1/exports/${answer.body.id}`);
  assert.equal(answer.body.state, 'pending');
  assert.equal(answer.body.format, 'csv');
  const state = await made(who, answer.body.id);
  assert.deepEqual([state.state, state.rows], ['ready', 2]);
  const day = Date.parse(state.expires_at) - Date.parse(state.ready_at);
  assert.equal(Math.round(day / 3600e3), 24);
  const mail = await server.mailbox.take({ to: who.email, subject: /export est prêt/ });
  assert.equal(mail.url, `${server.url}/exports?export=${state.id}`);
  const holder = await server.client().get(`/v1/exports/${state.id}/file`);
  assert.equal(holder.status, 401, 'the mail opens nothing by itself');
  const file = (await fetchFile(who, state.id)).expect(200);
  assert.equal(file.headers['content-disposition'], 'attachment; filename="demandes.csv"');
  assert.equal(Buffer.byteLength(file.body), state.bytes);
  const headers = { accept: 'text/csv' };
  const list = await who.client.get('/v1/requests?state=submitted', { headers });
  assert.equal(file.body, list.expect(200).body, 'the same as what is streamed at once');
  const lines = file.body.trimEnd().split('\r\n');
  assert.deepEqual(
    lines.slice(1).map((line) => line.split(',')[0]),
    numbers.slice(1),
  );
  const json = await fileOf(who, { kind: 'requests', format: 'json', filters: { q: 'marches' } });
  assert.equal(json.headers['content-disposition'], 'attachment; filename="demandes.json"');
  const { items } = (await who.client.get('/v1/requests?q=marches')).body;
  assert.deepEqual(json.body, { items });
});

test('makes_the_calls_of_a_token', async () => {
  const issuer = await new Issuer(server).start();
  const owner = await logInAs(server, { siret: SIRETS.PARIS });
  const token = await issuer.issue({ siret: SIRETS.PARIS, applicantId: await idOf(owner) });
  await server.database.sql(`
    insert into call (at, token_id, endpoint, status, duration_us, request_id)
    select now() - i * interval '1 second', '${token.id}', '/v4/x', 200 + i % 2 * 204, 20000, 'r-' || i
    from generate_series(1, 4501) i`);
  const order = { kind: 'calls', token_id: token.id };
  const file = await fileOf(owner, order);
  assert.equal(file.state.rows, 4501);
  assert.equal(file.headers['content-disposition'], 'attachment; filename="appels.csv"');
  const headers = { accept: 'text/csv' };
  const list = await owner.client.get(`/v1/tokens/${token.id}/calls`, { headers });
  assert.equal(file.body, list.expect(200).body);
  const lost = await fileOf(owner, { ...order, format: 'json', filters: { status: '404' } });
  assert.equal(lost.body.items.length, 2251);
  (await ask(applicant, order)).expect(404);
});

test('makes_everything_that_is_kept_about_oneself', async () => {
  const person = await logInAs(server, { siret: SIRETS.CLAMART });
  const { client } = person;
  const file = await fileOf(person, { kind: 'account' });
  assert.equal(
    file.headers['content-disposition'],
    'attachment; filename="guichet-mes-donnees.json"',
  );
  const now = (await client.get('/v1/account/export')).expect(200).body;
  assert.equal(file.body.account.email, person.email);
  assert.deepEqual(Object.keys(file.body), Object.keys(now));
  const { items } = (await admin(`actor_id=${await idOf(person)}`)).body;
  assert.deepEqual(
    items.map(({ action }) => action).filter((action) => action.includes('export')),
    ['account.export', 'export.create'],
  );
});
const admin = async (query) => {
  const { client } = await logInAs(server, { siret: SIRETS.DINUM, role: 'admin' });
  return (await client.get(`/v1/audit?${query}`)).expect(200);
};

test('one_at_a_time_is_made_for_an_account', async () => {
  const who = await logInAs(server, STAFF);
  const other = await logInAs(server, STAFF);
  const release = await holdWorker();
  const { id } = (await ask(who, { kind: 'requests' })).expect(202).body;
  const again = (await ask(who, { kind: 'account' })).expect(409);
  assert.equal(again.headers.location, `/v1/exports/${id}`);
  const beside = (await ask(other, { kind: 'requests' })).expect(202).body;
  (await fetchFile(who, id)).expect(409);
  await release();
  await made(who, id);
  await made(other, beside.id);
  (await ask(who, { kind: 'account' })).expect(202);
});

test('the_five_last_are_kept', async () => {
  const who = await logInAs(server, STAFF);
  const ids = [];
  for (let i = 0; i < 7; i++) ids.push((await fileOf(who, { kind: 'requests' })).id);
  const { items } = (await who.client.get('/v1/exports?limit=100')).expect(200).body;
  assert.deepEqual(
    items.map(({ id }) => id),
    ids.slice(2).toReversed(),
  );
  const first = (await who.client.get('/v1/exports?limit=3')).body;
  const rest = (await who.client.get(`/v1/exports?limit=3&cursor=${first.next_cursor}`)).body;
  assert.deepEqual([...first.items, ...rest.items], items);
});

test('nobody_else_reads_fetches_or_deletes_it_nor_does_a_program', async () => {
  const who = await logInAs(server, STAFF);
  const { id } = await fileOf(who, { kind: 'requests' });
  for (const stranger of [await logInAs(server, STAFF), applicant]) {
    (await stranger.client.get(`/v1/exports/${id}`)).expect(404);
    (await fetchFile(stranger, id)).expect(404);
    (await stranger.client.delete(`/v1/exports/${id}`)).expect(404);
    assert.ok(!(await stranger.client.get('/v1/exports')).body.items.some((one) => one.id === id));
  }
  (await fetchFile({ client: server.client() }, id)).expect(401);
  (await fetchFile(who, id)).expect(200);
  const colleague = await logInAs(server, { domain });
  const release = await holdWorker();
  (await ask(applicant, { kind: 'requests' })).expect(403);
  (await ask(colleague, { kind: 'account' })).expect(202);
  await release();
});

test('rights_are_those_of_the_moment_when_it_is_made_and_when_it_is_fetched', async () => {
  const who = await logInAs(server, STAFF);
  const account = await idOf(who);
  const withdraw = () =>
    server.database.sql(`delete from staff_role where account_id = '${account}'`);
  const grant = (role, product) =>
    server.database.sql(
      `insert into staff_role (account_id, role, product) values ('${account}', '${role}', ${product ? `'${product}'` : 'null'})`,
    );
  const { id } = await fileOf(who, { kind: 'requests' });
  await withdraw();
  (await fetchFile(who, id)).expect(403);
  await grant('reporter', 'api-particulier');
  assert.match((await fetchFile(who, id)).expect(403).body.detail, /rôles ont changé/);
  await withdraw();
  await grant('instructor', 'api-entreprise');
  (await fetchFile(who, id)).expect(200);

  const release = await holdWorker();
  const late = (await ask(who, { kind: 'requests' })).expect(202).body;
  await withdraw();
  await release();
  const state = await made(who, late.id);
  assert.deepEqual([state.state, state.problem], ['failed', 'forbidden']);
  await server.mailbox.take({ to: who.email, subject: /n’a pas pu être préparé/ });
  (await fetchFile(who, late.id)).expect(409);

  await grant('reporter', 'api-particulier');
  const other = await fileOf(who, { kind: 'requests' });
  assert.equal(other.state.rows, 0, 'nothing of a product that is not theirs');
});

test('a_file_beyond_the_setting_fails_and_leaves_nothing', async () => {
  const issuer = await new Issuer(server).start();
  const owner = await logInAs(server, { siret: SIRETS.PARIS });
  const token = await issuer.issue({ siret: SIRETS.PARIS, applicantId: await idOf(owner) });
  await server.database.sql(`
    insert into call (at, token_id, endpoint, status, duration_us, request_id, params)
    select now() - i * interval '1 second', '${token.id}', '/v4/x', 200, 20000, 'r-' || i, repeat('x', 300)
    from generate_series(1, 4000) i`);
  const { id } = (await ask(owner, { kind: 'calls', token_id: token.id })).expect(202).body;
  const state = await made(owner, id);
  assert.deepEqual([state.state, state.problem], ['failed', 'too_large']);
  assert.deepEqual(
    await server.database.sql(`select 1 from export_chunk where export_id = '${id}'`),
    [],
  );
  const filters = { from: new Date(Date.now() - 60_000).toISOString() };
  await fileOf(owner, { kind: 'calls', token_id: token.id, filters });
});

test('what_is_kept_is_sealed_and_gone_when_its_time_is_over', async () => {
  const who = await logInAs(server, STAFF);
  const { id } = await fileOf(who, { kind: 'requests' });
  const [sealed] = await server.database.sql(
    `select string_agg(sealed, '') from export_chunk where export_id = '${id}'`,
  );
  assert.doesNotMatch(sealed, /Aides|number,id/);
  await server.database.sql(`update export set expires_at = now() where id = '${id}'`);
  (await who.client.get(`/v1/exports/${id}`)).expect(404);
  (await fetchFile(who, id)).expect(404);
  await runJob(server, 'expired_exports');
  assert.deepEqual(
    await server.database.sql(
      `select 1 from export where id = '${id}' union all select 1 from export_chunk where export_id = '${id}'`,
    ),
    [],
  );
});

test('a_deleted_account_leaves_no_export', async () => {
  const person = await logInAs(server, { siret: SIRETS.CLAMART });
  const { id } = await fileOf(person, { kind: 'account' });
  (await person.client.delete('/v1/account')).expect(204);
  assert.deepEqual(await server.database.sql(`select 1 from export where id = '${id}'`), []);
});

test('one_that_is_deleted_while_it_is_made_stops', async () => {
  const who = await logInAs(server, STAFF);
  const release = await holdWorker();
  const { id } = (await ask(who, { kind: 'requests' })).expect(202).body;
  (await who.client.delete(`/v1/exports/${id}`)).expect(204, 503);
  await release();
  (await who.client.delete(`/v1/exports/${id}`)).expect(204, 404);
  await waitFor('the job to end', async () => {
    const jobs = await server.database.sql(
      `select 1 from job where kind = 'make_export' and payload ->> 'export' = '${id}'`,
    );
    return jobs.length === 0;
  });
  (await who.client.get(`/v1/exports/${id}`)).expect(404);
  await fileOf(who, { kind: 'requests' });
});

test('says_what_is_wrong_with_an_order', async () => {
  const who = await logInAs(server, STAFF);
  for (const [body, codes] of [
    [{}, { '/kind': 'required' }],
    [{ kind: 'secrets' }, { '/kind': 'unknown_value' }],
    [{ kind: 'requests', format: 'xlsx' }, { '/format': 'unknown_value' }],
    [{ kind: 'account', format: 'csv' }, { '/format': 'not_allowed' }],
    [{ kind: 'calls' }, { '/token_id': 'required' }],
    [{ kind: 'calls', token_id: 'x' }, { '/token_id': 'invalid_format' }],
    [{ kind: 'account', token_id: 'x' }, { '/token_id': 'not_allowed' }],
    [{ kind: 'requests', filters: [] }, { '/filters': 'wrong_type' }],
    [{ kind: 'requests', filters: { q: 'ab' } }, { '/filters/q': 'too_short' }],
    [{ kind: 'requests', filters: { state: 'x' } }, { '/filters/state': 'unknown_value' }],
    [{ kind: 'requests', filters: { state: 3 } }, { '/filters/state': 'wrong_type' }],
    [{ kind: 'requests', filters: { status: '200' } }, { '/filters/status': 'unknown_member' }],
    [{ kind: 'account', filters: { q: 'abc' } }, { '/filters/q': 'unknown_member' }],
    [{ kind: 'requests', more: 1 }, { '/more': 'unknown_member' }],
  ]) {
    assert.deepEqual((await ask(who, body)).expect(422).codes, codes, JSON.stringify(body));
  }
});

test('what_staff_takes_out_stands_in_the_access_log', async () => {
  const who = await logInAs(server, STAFF);
  await fileOf(who, { kind: 'requests', filters: { q: 'clamart' } });
  const { client } = await logInAs(server, { siret: SIRETS.DINUM, role: 'admin' });
  const [look] = await waitFor('the look', async () => {
    const query = `account=${encodeURIComponent(who.email)}`;
    const { items } = (await client.get(`/v1/access-log?${query}`)).expect(200).body;
    return items.length > 0 && items;
  });
  assert.equal(look.action, 'requests.export');
  assert.deepEqual(Object.keys(look.details), ['q']);
  assert.match(look.details.q, /^hmac:[0-9a-f]{32}$/, 'what was typed is kept as a digest');
});
