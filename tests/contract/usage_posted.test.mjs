// Calls that an external gateway served, posted in batches by its program.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { Issuer } from '../support/tokens.mjs';

let server;
let issuer;
let bearer;

before(async () => {
  server = await startServer();
  issuer = await new Issuer(server).start();
  const role = 'manager:api-entreprise';
  const { client } = await logInAs(server, { siret: SIRETS.LYON, role });
  const body = { name: 'Passerelle', product: 'api-entreprise', scopes: ['usage:write'] };
  const made = (await client.post('/v1/clients', body)).expect(201).body;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: made.client.id,
    client_secret: made.client_secret,
  });
  bearer = (await server.client().post('/v1/oauth/token', form)).expect(200).body.access_token;
});
after(() => server?.stop());

const post = (calls, options = { bearer }) =>
  server.client().post('/v1/usage/calls', { calls }, options);
const call = (token, fields = {}) => ({
  token_id: token.id,
  request_id: `posted-${Math.random()}`,
  at: new Date(Date.now() - 60_000).toISOString(),
  endpoint: '/v4/insee/sirene/unites_legales/{siren}',
  status: 200,
  duration_ms: 12.5,
  ...fields,
});

test('accepts_a_batch_and_counts_duplicates', async () => {
  const token = await issuer.issue();
  const batch = [
    call(token, { params: { siren: '130025265' }, context: 'c', ip: '192.0.2.1', provider_ms: 10 }),
    call(token, { status: 404, error_code: '01003', recipient: SIRETS.PARIS }),
  ];
  assert.deepEqual((await post(batch)).expect(200).body, { accepted: 2, duplicates: 0 });
  const again = [...batch, batch[0], call(token)];
  assert.deepEqual((await post(again)).expect(200).body, { accepted: 1, duplicates: 3 });
  const rows = await server.database.rows(
    `select duration_us, provider_us, params, address, is_sandbox from call where token_id = '${token.id}' order by provider_us nulls last`,
  );
  assert.equal(rows.length, 3);
  assert.deepEqual(rows[0], {
    duration_us: 12_500,
    provider_us: 10_000,
    params: '{"siren": "130025265"}',
    address: '192.0.2.1',
    is_sandbox: false,
  });
});

test('accepts_calls_of_days_ago_and_rolls_their_hours_up_again', async () => {
  const token = await issuer.issue();
  const at = new Date(Date.now() - 10 * 86_400_000).toISOString();
  (await post([call(token, { at })])).expect(200);
  await server.database.sql('do $$ begin while call_roll_next() loop end loop; end $$');
  const [{ calls }] = await server.database.rows(
    `select sum(calls)::int as calls from call_hour where token_id = '${token.id}'`,
  );
  assert.equal(calls, 1);
});

test('refuses_tokens_of_other_products_and_unknown_ones', async () => {
  const other = await issuer.issue({ product: 'api-particulier' });
  const own = await issuer.issue();
  const answer = await post([call(own), call(other), call({ id: crypto.randomUUID() })]);
  assert.deepEqual(answer.expect(422).pointers, ['/calls/1/token_id', '/calls/2/token_id']);
  const [{ count }] = await server.database.rows(
    `select count(*)::int from call where token_id = '${own.id}'`,
  );
  assert.equal(count, 0, 'nothing of a refused batch is kept');
});

test('reports_every_mistake_of_a_batch', async () => {
  const token = await issuer.issue();
  const answer = await post([
    call(token, { at: '2001-01-01T00:00:00Z', status: 99 }),
    call(token, { token_id: 'x', recipient: '123', error_code: 'abc', ip: 'x', surplus: 1 }),
    call(token, { duration_ms: -1, params: { a: 1 }, request_id: '' }),
    'x',
  ]);
  assert.deepEqual(answer.expect(422).pointers, [
    '/calls/0/at',
    '/calls/0/status',
    '/calls/1/error_code',
    '/calls/1/ip',
    '/calls/1/recipient',
    '/calls/1/surplus',
    '/calls/1/token_id',
    '/calls/2/duration_ms',
    '/calls/2/params/a',
    '/calls/2/request_id',
    '/calls/3',
  ]);
  (await post([])).expect(422);
  (await post(Array.from({ length: 1001 }, () => call(token)))).expect(422);
});

test('accepts_calls_only_from_a_program_with_the_scope', async () => {
  const token = await issuer.issue();
  (await post([call(token)], {})).expect(401);
  (await post([call(token)], { bearer: 'x' })).expect(401);
});

test('takes_calls_while_a_manager_answers_for_the_program', async () => {
  const token = await issuer.issue();
  const grade = (role) =>
    server.database.sql(
      `update staff_role set role = '${role}' where account_id = (select account_id from client where name = 'Passerelle')`,
    );
  await grade('instructor');
  assert.match((await post([call(token)])).expect(403).body.detail, /responsable du produit/);
  await grade('manager');
  (await post([call(token)])).expect(200);
});
