// What generic HTTP clients and proxies rely on: RFC 9110, 9112 and 6749 as they are written.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { operations } from '../support/openapi.mjs';
import { exchange, request } from '../support/raw.mjs';
import { cast, createRequest, draftRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';

let server;
let applicant;
let domain;
before(async () => {
  server = await startServer();
  ({ applicant, domain } = await cast(server));
});
after(() => server.stop());

const NOBODY = '00000000-0000-4000-8000-000000000000';
const filled = (path) => path.replace(/\{[^}]*\}/g, NOBODY);

test('answers_head_as_get_without_the_body', async () => {
  const reads = operations().filter(({ method }) => method === 'GET');
  assert.ok(reads.length > 50, `${reads.length} reads`);
  for (const { path } of reads.filter((each) => !each.path.startsWith('/gateway/'))) {
    const there = (await applicant.client.get(filled(path))).status;
    const { status, bytes } = await applicant.client.request('HEAD', filled(path));
    assert.equal(status, there, path);
    assert.equal(bytes.length, 0, path);
  }
});

test('tells_the_length_of_a_streamed_answer_by_head', async () => {
  const path = '/v1/account/export'; // which grows by each look at it
  const before = (await applicant.client.get(path)).expect(200);
  const head = (await applicant.client.request('HEAD', path)).expect(200);
  const after = (await applicant.client.get(path)).expect(200);
  const length = Number(head.headers['content-length']);
  assert.ok(length >= before.bytes.length && length <= after.bytes.length, `${length}`);
  assert.equal(before.headers['content-length'], undefined);
  assert.equal(head.headers['transfer-encoding'], undefined);
});

test('tells_by_options_what_each_path_takes', async () => {
  for (const path of new Set(operations().map((each) => each.path))) {
    const here = operations().filter((each) => each.path === path);
    const answer = (await server.client().request('OPTIONS', filled(path))).expect(204);
    const allowed = answer.headers.allow.split(', ');
    for (const { method } of here) assert.ok(allowed.includes(method), path);
    assert.ok(allowed.includes('OPTIONS'));
    assert.equal(allowed.includes('HEAD'), allowed.includes('GET'), path);
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
  }
  assert.equal(
    (await server.client().request('OPTIONS', '/')).expect(204).headers.allow,
    'GET, HEAD, OPTIONS',
  );
  (await server.client().request('OPTIONS', '/v1/nothing')).expect(404);
});

test('leaves_a_small_body_of_a_get_or_delete_alone', async () => {
  const { id } = (await createRequest(applicant.client)).body;
  const own = `/v1/requests/${id}`;
  const read = await applicant.client.request('GET', own, '{}');
  assert.equal(read.expect(200).body.id, id);
  const untyped = { headers: { 'content-type': 'text/plain' } };
  (await applicant.client.request('GET', own, 'x'.repeat(1024), untyped)).expect(200);
  (await applicant.client.request('GET', own, 'x'.repeat(1025), untyped)).expect(400);
  (await applicant.client.request('DELETE', own, {})).expect(204);
  (await applicant.client.get(own)).expect(404);
  (await applicant.client.post('/v1/session/activity', {})).expect(400, 404, 405);
});

test('reads_whole_numbers_however_they_are_written', async () => {
  const { id } = (await createRequest(applicant.client)).body;
  const { etag } = (await applicant.client.get(`/v1/requests/${id}`)).expect(200);
  const json = { etag, headers: { 'content-type': 'application/json' } };
  const path = `/v1/requests/${id}`;
  const saved = await applicant.client.patch(path, '{"retention_months": 36.0}', json);
  assert.equal(saved.expect(200).body.retention_months, 36);
  const again = { ...json, etag: saved.etag };
  const exponent = await applicant.client.patch(path, '{"retention_months": 2.4e1}', again);
  assert.equal(exponent.expect(200).body.retention_months, 24);
  const half = { ...json, etag: exponent.etag };
  const { codes } = (await applicant.client.patch(path, '{"retention_months": 36.5}', half)).expect(
    422,
  );
  assert.deepEqual(Object.keys(codes), ['/retention_months']);
});

test('compares_etags_as_proxies_pass_them_on', async () => {
  const { id } = await draftRequest(applicant.client, { domain });
  const path = `/v1/requests/${id}`;
  const version = async () =>
    Number((await applicant.client.get(path)).expect(200).etag.replaceAll('"', ''));
  const save = (etag) => applicant.client.patch(path, { title: etag }, { etag });
  let now = await version();
  for (const etag of [
    (v) => `W/"${v}"`,
    (v) => `"${v - 1}", "${v}"`,
    (v) => ` "${v}" `,
    (v) => `"${v}",`,
    (v) => `W/"${v}-gzip"`,
    (v) => `"${v}--gzip" , "${v - 1}-br"`,
    (v) => `"of another server", "${v}"`,
    (v) => `"${v}", W/"${v}-x"`,
  ]) {
    const answer = (await save(etag(now))).expect(200);
    assert.equal(answer.body.title, etag(now));
    now = await version();
  }
  (await save(`W/"${now - 1}"`)).expect(412);
  (await save(`"${now - 2}", "${now - 1}"`)).expect(412);
  (await save(`"${now - 1}", "of another server"`)).expect(412);
  (await save(`"${now}" "${now}"`)).expect(400);
  (await save(`"${now}-x"`)).expect(400);
  assert.equal(await version(), now);
  const unchanged = { headers: { 'if-none-match': `W/"${now}", "0"` } };
  (await applicant.client.get(path, unchanged)).expect(200, 304);
});

test('waits_for_100_continue_and_refuses_before_it', async () => {
  const body = JSON.stringify({ email: 'nobody@example.org', password: 'no one has this one' });
  const headers = { 'Content-Type': 'application/json', Expect: '100-continue' };
  const length = String(body.length);
  const head = request('POST', '/v1/session', { ...headers, 'Content-Length': length });
  const { text } = await exchange(server.url, [head, body]);
  assert.match(text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 401 /);
  const huge = request('POST', '/v1/session', { ...headers, 'Content-Length': '99999999' });
  assert.equal((await exchange(server.url, huge)).status, 413);
});

test('takes_a_parameter_without_a_value_as_omitted', async () => {
  const { siret } = applicant.session.organisation ?? applicant;
  const created = await applicant.client.post('/v1/clients', {
    name: 'Programme',
    siret: siret ?? applicant.siret,
    scopes: ['requests:read', 'tokens:read'],
  });
  const { client, client_secret: secret } = created.expect(201).body;
  const headers = { authorization: `Basic ${btoa(`${client.id}:${secret}`)}` };
  const ask = (form) =>
    server.client().post('/v1/oauth/token', new URLSearchParams(form), { headers });
  const all = (await ask({ grant_type: 'client_credentials', scope: '' })).expect(200);
  assert.equal(all.body.scope, 'requests:read tokens:read');
  const none = (await ask({ grant_type: '' })).expect(400);
  assert.equal(none.body.error, 'invalid_request');
  const twoBlanks = { headers: { authorization: `Bearer  ${all.body.access_token}` } };
  (await server.client().get('/v1/requests', twoBlanks)).expect(200);
});

test('takes_a_token_behind_several_blanks', async () => {
  const issuer = await new Issuer(server).start();
  const token = await issuer.issue({ scopes: ['unites_legales_etablissements_insee'] });
  const path = `/gateway/api-entreprise/v4/insee/sirene/unites_legales/130025265?${ASKED}`;
  for (const [credentials, status] of [
    [`Bearer   ${token.string}`, 200],
    [`bearer ${token.string}`, 200],
    [`Bearer ${token.string} \t `, 200],
    [`Bearer${token.string}`, 401],
    ['Bearer  ', 401],
  ]) {
    const sent = { headers: { authorization: credentials } };
    (await server.client().get(path, sent)).expect(status);
  }
});
