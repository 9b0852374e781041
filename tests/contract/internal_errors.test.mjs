// Every answer 500 has an event that says why.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logDone } from '../support/barrier.mjs';
import { approvedToken, cast, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';

let server;
let people;
let path;

before(async () => {
  server = await startServer();
  people = await cast(server);
  ({ path } = await approvedToken(people));
});
after(() => server.stop());

/** As the client would, without its comparison with the contract, which names no 500. */
async function ask({ client }, method, path, body, headers = {}) {
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      cookie,
      'x-csrf-token': client.csrf ?? '',
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  await answer.arrayBuffer();
  return { status: answer.status, headers: Object.fromEntries(answer.headers) };
}

const failures = () => server.logs.filter(({ event }) => event === 'internal_error');
const idOf = ({ headers }) => headers['x-request-id'];

/** The event of an answer 500. */
async function causeOf(answer) {
  assert.equal(answer.status, 500);
  await logDone(server, idOf(answer));
  const found = failures().filter(({ request_id }) => request_id === idOf(answer));
  assert.equal(found.length, 1);
  return found[0];
}

test('a_string_that_no_key_opens', async () => {
  await server.database.sql("update token set sealed_jwt = 's1.' || repeat('A', 80)");
  const { cause, route, level } = await causeOf(
    await ask(people.applicant, 'POST', `${path}/reveal`),
  );
  assert.match(cause, /^api\/security\/seal\.c:\d+: none of the master keys opens a sealed value/);
  assert.deepEqual([route, level], ['/v1/tokens/{id}/reveal', 'error']);
});

test('a_signing_key_that_no_key_opens', async () => {
  const keys = `update signing_key set sealed_private_pem = sealed_private_pem || 'A'`;
  const { id } = await submitRequest(people.applicant.client, { domain: people.domain });
  await server.database.sql(keys);
  const { etag } = (await people.instructor.client.get(`/v1/requests/${id}`)).expect(200);
  const { cause } = await causeOf(
    await ask(
      people.instructor,
      'POST',
      `/v1/requests/${id}/decisions`,
      { outcome: 'approve' },
      { 'if-match': etag },
    ),
  );
  assert.match(cause, /^api\/security\/seal\.c:\d+: /);
});

test('a_statement_that_fails', async () => {
  await server.database.sql('alter function requests_found rename to requests_were_found');
  const answer = await ask(people.applicant, 'GET', '/v1/requests');
  const { cause } = await causeOf(answer);
  assert.match(
    cause,
    /^api\/engine\/connection\.c:\d+: statement request_\w+ failed with SQLSTATE 42883$/,
  );
  await server.database.sql('alter function requests_were_found rename to requests_found');
  (await people.applicant.client.get('/v1/requests')).expect(200);
});

test('a_failure_of_the_data_plane', async () => {
  const token = await (await new Issuer(server).start()).issue();
  await server.database.sql('alter table token rename allowed_ips to addresses');
  const url = `/gateway/api-entreprise/v3/dgfip/etablissements/13002526500013/chiffres_affaires?${ASKED}`;
  const { cause, route } = await causeOf(
    await ask(people.applicant, 'GET', url, undefined, { authorization: `Bearer ${token.string}` }),
  );
  assert.match(cause, /statement token_find_for_gateway failed with SQLSTATE 42703$/);
  assert.match(route, /^\/gateway\//);
  await server.database.sql('alter table token rename addresses to allowed_ips');
});

test('and_no_other_answer', async () => {
  const asked = [
    await server.client().get('/v1/requests'),
    await server.client().get('/v1/nothing'),
    await people.applicant.client.post('/v1/requests', { product: 1 }),
    await server.client().get('/health/ready'),
  ];
  assert.deepEqual(
    asked.map(({ status }) => status),
    [401, 404, 422, 200],
  );
  for (const answer of asked) await logDone(server, idOf(answer));
  const answered = server.logs.filter(({ event, status }) => event === 'request' && status === 500);
  assert.ok(answered.length >= 4);
  assert.deepEqual(
    failures()
      .map(({ request_id }) => request_id)
      .sort(),
    answered.map(({ request_id }) => request_id).sort(),
  );
});
