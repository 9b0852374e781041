/**
 * What tsc makes of requests outside the contract. Nobody runs this file: tsc reads it with the
 * frontend (tests/lint/tools.test.mjs) and fails where a line below an expectation is in order.
 */
import { get, patch, post } from '../../frontend/lib/api.js';

const params = { id: '00000000-0000-0000-0000-000000000000' };

/** @returns {Promise<string>} */
export async function fits() {
  await post('/v1/session', { body: { email: '', password: '' }, quiet: true });
  await get('/v1/requests', { query: { state: 'submitted', limit: 20, cursor: null } });
  const { data } = await get('/v1/tokens/{id}', { params });
  return data.request_number;
}

export function doesNotFit() {
  return [
    // @ts-expect-error: a path that openapi.yaml does not have
    get('/v1/tokenz'),
    // @ts-expect-error: a method that this path does not have
    patch('/v1/session', { body: {} }),
    // @ts-expect-error: the parameter of the path is missing
    get('/v1/tokens/{id}'),
    // @ts-expect-error: a parameter of another name
    get('/v1/tokens/{id}', { params: { token: '' } }),
    // @ts-expect-error: a filter that the list does not have
    get('/v1/tokens', { query: { colour: 'red' } }),
    // @ts-expect-error: a body without what it needs
    post('/v1/session', { body: { email: '' } }),
    // @ts-expect-error: a member of another type
    patch('/v1/tokens/{id}', { params, body: { allowed_ips: 'all' } }),
    // @ts-expect-error: a member of the answer that it does not have
    get('/v1/tokens/{id}', { params }).then(({ data }) => data.colour),
  ];
}
