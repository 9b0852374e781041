// GUICHET_STAFF_SECOND_FACTOR: roles that decide require a second factor.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs, PASSWORD } from '../support/accounts.mjs';
import { submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { totpCode } from '../support/totp.mjs';

let server;
before(async () => {
  server = await startServer({ env: { GUICHET_STAFF_SECOND_FACTOR: 'on' } });
});
after(() => server.stop());

test('staff_routes_are_closed_until_a_second_factor_is_enrolled_and_verified', async () => {
  const { client, email, session } = await logInAs(server, { role: 'support' });
  assert.deepEqual(session.account.second_factor, { enrolled: false, required: true });
  const refused = (await client.get('/v1/memberships')).expect(403);
  assert.match(refused.body.type, /second-factor-required$/);
  const { secret } = (await client.post('/v1/account/second-factor')).expect(201).body;
  const code = totpCode(secret);
  (await client.post('/v1/account/second-factor/confirmation', { code })).expect(200);
  (await client.get('/v1/memberships')).expect(200);
  (await client.delete('/v1/account/second-factor')).expect(409);
  const browser = server.client();
  assert.equal((await browser.logIn(email, PASSWORD)).body.second_factor, 'pending');
  (await browser.get('/v1/memberships')).expect(403);
  const given = await browser.post('/v1/session/second-factor', { code: totpCode(secret, 1) });
  given.expect(200);
  (await browser.get('/v1/memberships')).expect(200);
});

test('instructors_managers_and_administrators_need_one', async () => {
  for (const [role, path] of [
    ['instructor:api-entreprise', '/v1/products/api-entreprise/templates'],
    ['manager:api-entreprise', '/v1/staff'],
    ['admin', '/v1/audit'],
  ]) {
    const { client, session } = await logInAs(server, { role });
    assert.equal(session.account.second_factor.required, true, role);
    const refused = (await client.get(path)).expect(403);
    assert.match(refused.body.type, /second-factor-required$/);
    const { secret } = (await client.post('/v1/account/second-factor')).expect(201).body;
    const confirmation = { code: totpCode(secret) };
    (await client.post('/v1/account/second-factor/confirmation', confirmation)).expect(200);
    (await client.get(path)).expect(200);
  }
});

test('a_deciding_role_has_no_effect_until_then', async () => {
  const domain = 'ville-sans-code.example';
  const applicant = await logInAs(server, { domain });
  const { id } = await submitRequest(applicant.client, { domain });
  const dinum = { siret: SIRETS.DINUM, domain: 'dinum.example' };
  for (const role of ['instructor:api-entreprise', 'manager:api-entreprise', 'admin']) {
    const { client } = await logInAs(server, { ...dinum, role });
    (await client.get(`/v1/requests/${id}`)).expect(404);
    const { secret } = (await client.post('/v1/account/second-factor')).expect(201).body;
    const confirmation = { code: totpCode(secret) };
    (await client.post('/v1/account/second-factor/confirmation', confirmation)).expect(200);
    (await client.get(`/v1/requests/${id}`)).expect(200);
  }
});

test('reporters_and_applicants_need_none', async () => {
  const reporter = await logInAs(server, { role: 'reporter:api-entreprise' });
  assert.equal(reporter.session.account.second_factor.required, false);
  (await reporter.client.get('/v1/products/api-entreprise/templates')).expect(200);
  const applicant = await logInAs(server);
  assert.equal(applicant.session.account.second_factor.required, false);
  (await applicant.client.get('/v1/organisations')).expect(200);
});
