// Requests as they leave, answers and failures as the pages see them.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, mock, test } from 'node:test';
import * as api from '../../frontend/lib/api.js';
import { json, serve } from './server.mjs';

const ID = '7b0c2f3e-0000-4000-8000-000000000001';

beforeEach(() => api.setCsrfToken(null));
afterEach(() => {
  api.onLoginNeeded(async () => false);
  api.onEachAnswer(() => {});
});

const failure = (promise) =>
  promise.then(
    () => assert.fail('no failure'),
    (error) => error,
  );

test('fills_in_the_path_and_leaves_empty_filters_out', async () => {
  const asked = serve(() => json({ items: [] }));
  await api.get('/v1/products/{product}/endpoints', {
    params: { product: 'a/b é' },
    query: { limit: 20, cursor: null },
  });
  await api.get('/v1/requests', {
    query: { state: ['draft', 'refused'], q: '', siret: undefined },
  });
  assert.deepEqual(
    asked.map(({ method, path, body }) => [method, path, body]),
    [
      ['GET', '/v1/products/a%2Fb%20%C3%A9/endpoints?limit=20', undefined],
      ['GET', '/v1/requests?state=draft%2Crefused', undefined],
    ],
  );
});

test('sends_bodies_as_json_and_patches_as_merge_patches', async () => {
  const asked = serve(() => json({}));
  await api.post('/v1/session', { body: { email: 'a@b.example', password: 'p' } });
  await api.patch('/v1/account', { body: { phone: null }, etag: '"7"' });
  await api.post('/v1/tokens/{id}/reveal', { params: { id: ID } });
  assert.deepEqual(
    asked.map(({ headers, body }) => [headers.get('content-type'), body]),
    [
      ['application/json', { email: 'a@b.example', password: 'p' }],
      ['application/merge-patch+json', { phone: null }],
      [null, undefined],
    ],
  );
});

test('sends_the_csrf_token_with_unsafe_methods_only', async () => {
  const asked = serve(() => json({}));
  await api.del('/v1/session');
  api.setCsrfToken('secret');
  await api.get('/v1/account');
  await api.del('/v1/session');
  assert.deepEqual(
    asked.map(({ headers }) => headers.get('x-csrf-token')),
    [null, null, 'secret'],
  );
});

test('sends_the_etag_and_the_idempotency_key', async () => {
  const asked = serve(() => json({}, { headers: { ETag: '"8"', 'X-Request-ID': 'r1' } }));
  const { etag, requestId, status } = await api.patch('/v1/account', {
    body: {},
    etag: '"7"',
    idempotencyKey: 'k1',
  });
  assert.equal(asked[0].headers.get('if-match'), '"7"');
  assert.equal(asked[0].headers.get('idempotency-key'), 'k1');
  assert.deepEqual([etag, requestId, status], ['"8"', 'r1', 200]);
  await api.patch('/v1/account', { body: {}, etag: null });
  assert.equal(asked[1].headers.has('if-match'), false);
  assert.equal(asked[1].headers.has('idempotency-key'), false);
});

test('gives_null_for_an_empty_answer_and_text_for_csv', async () => {
  serve(() => new Response(null, { status: 204 }));
  assert.equal((await api.del('/v1/account/sessions')).data, null);
  const asked = serve(() => new Response('a;b\r\n', { headers: { 'Content-Type': 'text/csv' } }));
  assert.equal((await api.getCsv('/v1/requests')).data, 'a;b\r\n');
  assert.equal(asked[0].headers.get('accept'), 'text/csv');
});

test('a_problem_is_an_error_with_its_fields_reference_and_delay', async () => {
  const errors = [
    { pointer: '/email', code: 'invalid_format', message: 'Une adresse.' },
    { pointer: '/email', code: 'too_long', message: 'Trop longue.' },
    { pointer: '/phone', code: 'required', message: 'Un numéro.' },
  ];
  const problem = {
    type: 'https://guichet.example/problems/validation-failed',
    title: 'Refusé',
    detail: 'Deux champs sont à corriger.',
    request_id: 'r2',
    errors,
  };
  const headers = { 'X-Request-ID': 'r1', 'Retry-After': '30' };
  serve(() => json(problem, { status: 422, headers }));
  const error = await failure(api.patch('/v1/account', { body: {} }));
  assert.ok(error instanceof api.ApiError);
  assert.equal(error.kind, 'problem');
  assert.equal(error.status, 422);
  assert.equal(error.message, 'Deux champs sont à corriger.');
  assert.equal(error.is('validation-failed'), true);
  assert.equal(error.is('failed'), false);
  assert.equal(error.requestId, 'r2');
  assert.equal(error.retryAfterS, 30);
  assert.deepEqual([...error.fields.values()], [errors[0], errors[2]]);
});

test('an_error_without_problem_json_has_the_reference_of_its_header', async () => {
  serve(
    () => new Response('<h1>Bad Gateway</h1>', { status: 502, headers: { 'X-Request-ID': 'r3' } }),
  );
  const error = await failure(api.get('/v1/account'));
  assert.deepEqual(
    [error.kind, error.status, error.requestId, error.retryAfterS, error.fields.size],
    ['problem', 502, 'r3', null, 0],
  );
  serve(() => new Response('{"half', { headers: { 'Content-Type': 'application/json' } }));
  assert.equal((await failure(api.get('/v1/account'))).kind, 'network');
});

test('network_errors_aborts_and_timeouts_are_distinguished', async () => {
  serve(() => Promise.reject(new TypeError('fetch failed')));
  assert.equal((await failure(api.get('/v1/account'))).kind, 'network');

  const leaving = new AbortController();
  serve(() => new Promise(() => {}));
  const left = failure(api.get('/v1/account', { signal: leaving.signal }));
  leaving.abort();
  assert.equal((await left).kind, 'aborted');
  assert.equal((await failure(api.get('/v1/account', { signal: leaving.signal }))).kind, 'aborted');

  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const late = failure(api.get('/v1/account'));
    mock.timers.tick(19_999);
    await Promise.resolve();
    mock.timers.tick(1);
    assert.equal((await late).kind, 'timeout');
  } finally {
    mock.timers.reset();
  }
});

test('leaves_no_listener_on_the_signal_of_the_page', async () => {
  const { signal } = new AbortController();
  serve(() => json({}));
  for (let i = 0; i < 5; i++) await api.get('/v1/account', { signal });
  serve(() => json({}, { status: 500 }));
  await failure(api.get('/v1/account', { signal }));
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('asks_for_a_log_in_and_retries', async () => {
  const reasons = [];
  api.onLoginNeeded(async (reason) => {
    reasons.push(reason);
    return true;
  });
  const recent = { type: 'https://guichet.example/problems/recent-login-required' };
  const asked = serve(
    () => json({}, { status: 401 }),
    () => json({ id: ID }),
    () => json(recent, { status: 403 }),
    () => json({ id: ID }),
  );
  const { data } = await api.get('/v1/account');
  assert.equal(data.id, ID);
  await api.del('/v1/account', { idempotencyKey: 'k2' });
  assert.deepEqual(reasons, ['session-expired', 'recent-login']);
  assert.deepEqual(
    asked.slice(2).map(({ headers }) => headers.get('idempotency-key')),
    ['k2', 'k2'],
  );
});

test('a_quiet_request_and_a_refused_log_in_leave_the_401_to_the_caller', async () => {
  let questions = 0;
  api.onLoginNeeded(async () => {
    questions += 1;
    return false;
  });
  const asked = serve(() => json({}, { status: 401 }));
  assert.equal((await failure(api.get('/v1/session', { quiet: true }))).status, 401);
  assert.equal(questions, 0);
  assert.equal((await failure(api.get('/v1/account'))).status, 401);
  assert.deepEqual([questions, asked.length], [1, 2]);
});

test('reports_each_successful_answer_and_no_other', async () => {
  let answers = 0;
  api.onEachAnswer(() => (answers += 1));
  serve(
    () => json({}),
    () => json({}, { status: 500 }),
  );
  await api.get('/v1/account');
  await failure(api.get('/v1/account'));
  assert.equal(answers, 1);
});
