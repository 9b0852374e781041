// What a person hears of by mail, because somebody else may have done it in their name.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs, PASSWORD } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { cast, decide, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { totpCode } from '../support/totp.mjs';

let server;
before(async () => {
  server = await startServer({
    env: { GUICHET_TRUSTED_PROXIES: '127.0.0.1', GUICHET_WEBHOOK_LOOPBACK: 'on' },
  });
});
after(() => server.stop());

const from = (address) => server.client({ headers: { 'x-forwarded-for': address } });

test('a_second_factor_that_is_set_or_removed_and_recovery_codes', async () => {
  const { client, email } = await logInAs(server);
  const { secret } = (await client.post('/v1/account/second-factor')).expect(201).body;
  const code = totpCode(secret);
  const path = '/v1/account/second-factor';
  (await client.post(`${path}/confirmation`, { code })).expect(200);
  await server.mailbox.take({ to: email, subject: /Un second facteur protège/ });
  const { recovery_codes: codes } = (await client.post(`${path}/recovery-codes`)).expect(200).body;
  await server.mailbox.take({ to: email, subject: /codes de secours sont nouveaux/ });
  const browser = server.client();
  await browser.logIn(email, PASSWORD);
  (await browser.post('/v1/session/second-factor', { code: 'AAAA-BBBB-CCCC' })).expect(422);
  const passed = await browser.post('/v1/session/second-factor', { code: codes[0] });
  passed.expect(200);
  await server.mailbox.take({ to: email, subject: /code de secours a servi/ });
  (await client.delete(path)).expect(204);
  await server.mailbox.take({ to: email, subject: /n’a plus de second facteur/ });
  await mailsDone(server);
  const used = await server.mailbox.list({ to: email, subject: /code de secours a servi/ });
  assert.equal(used.length, 1, 'none for the wrong one');
});

test('a_secret_of_a_program_and_of_a_webhook', async () => {
  const { client, email } = await logInAs(server);
  const body = { name: 'Paie', siret: SIRETS.CLAMART, scopes: ['requests:read'] };
  const { client: made } = (await client.post('/v1/clients', body)).expect(201).body;
  const first = await server.mailbox.take({ to: email, subject: /programme a un nouveau secret/ });
  assert.ok(first.text.includes(`/programmes/${made.id}`));
  assert.ok(first.text.includes(email.split('@')[0]), 'who made it');
  (await client.post(`/v1/clients/${made.id}/secrets`)).expect(201);
  await server.mailbox.take({ to: email, subject: /programme a un nouveau secret/ });
  const hook = {
    product: 'api-entreprise',
    siret: SIRETS.CLAMART,
    url: 'http://127.0.0.1:9/programme',
    events: ['request.created'],
  };
  (await client.post('/v1/webhooks', hook)).expect(201);
  await server.mailbox.take({ to: email, subject: /webhook a un nouveau secret/ });
});

test('a_token_revealed_from_a_network_that_is_new', async () => {
  const people = await cast(server);
  const { email } = people.applicant;
  const { id } = await submitRequest(people.applicant.client, { domain: people.domain });
  (await decide(people.instructor.client, id, 'approve')).expect(201);
  const [token] = (await people.applicant.client.get('/v1/tokens')).expect(200).body.items;
  const reveal = async (address) => {
    const client = from(address);
    await client.logIn(email, PASSWORD);
    (await client.post(`/v1/tokens/${token.id}/reveal`)).expect(200);
    await mailsDone(server);
    const mails = await server.mailbox.list({ to: email, subject: /nouveau réseau/ });
    return mails.map(({ text }) => /\n> (\S+)/.exec(text)[1]);
  };
  assert.deepEqual(
    await reveal('198.51.100.7'),
    ['198.51.100.7'],
    'the log-in of today does not count',
  );
  assert.equal((await reveal('198.51.100.99')).length, 1, 'the same /24');
  assert.equal((await reveal('2001:db8:1:2::7')).length, 2);
  assert.equal((await reveal('2001:db8:1:2:ffff::9')).length, 2, 'the same /64');
  assert.equal((await reveal('2001:db8:1:3::7')).length, 3);
  // Where they logged in days ago they are known; the entry's time is set back past the rule of the table.
  await from('203.0.113.5').logIn(email, PASSWORD);
  await server.database.sql(`alter table audit disable trigger user;
    update audit set at = at - interval '2 days' where address = '203.0.113.5';
    alter table audit enable trigger user`);
  assert.equal((await reveal('203.0.113.77')).length, 3);
});
