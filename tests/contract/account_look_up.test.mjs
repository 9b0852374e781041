// Accounts of others as support sees them, and the memberships that it ends.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAccount, logInAs } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

const DINUM = { siret: SIRETS.DINUM, domain: 'dinum.example' };
const REASON = { reason: 'Le compte semble avoir été pris.' };

let server;
let admin;
let support;
before(async () => {
  server = await startServer();
  admin = await logInAs(server, { ...DINUM, role: 'admin' });
  support = await logInAs(server, { ...DINUM, role: 'support' });
});
after(() => server.stop());

const pathOf = (person) => `/v1/accounts/${person.session.account.id}`;

describe('the look-up', () => {
  test('finds_people_by_parts_of_their_names_and_e_mail', async () => {
    const names = { givenName: 'Éloïse', familyName: 'Garnier-Loup' };
    const person = await logInAs(server, { domain: 'ville-loup.example', ...names });
    for (const who of [support, admin]) {
      for (const q of ['eloise', 'LOUP eloi', person.email, 'ville-loup']) {
        const { items } = (await who.client.get(`/v1/accounts?q=${encodeURIComponent(q)}`)).expect(
          200,
        ).body;
        assert.deepEqual(
          items.map(({ id }) => id),
          [person.session.account.id],
          q,
        );
        assert.equal(items[0].state, 'active');
        assert.equal(items[0].email, person.email);
      }
    }
    const nobody = await support.client.get('/v1/accounts?q=eloise%20inconnue');
    assert.deepEqual(nobody.expect(200).body.items, []);
    const wild = await support.client.get('/v1/accounts?q=elo%25se');
    assert.deepEqual(wild.expect(200).body.items, []);
  });

  test('asks_for_three_characters_in_a_row', async () => {
    const codes = async (query) =>
      (await support.client.get(`/v1/accounts${query}`)).expect(422).codes;
    assert.deepEqual(await codes(''), { q: 'required' });
    assert.deepEqual(await codes('?q=ab'), { q: 'too_short' });
    assert.deepEqual(await codes('?q=ab%20cd%20%20e'), { q: 'too_short' });
    assert.deepEqual(await codes(`?q=${'a'.repeat(256)}`), { q: 'too_long' });
    (await support.client.get('/v1/accounts?q=ab%20cde')).expect(200);
  });

  test('pages_from_the_newest_to_the_oldest', async () => {
    const made = [];
    for (let i = 0; i < 3; i++) {
      made.unshift((await createAccount(server, { domain: 'ville-pages.example' })).email);
    }
    const read = async (more) =>
      (await support.client.get(`/v1/accounts?q=ville-pages&limit=2${more}`)).expect(200).body;
    const first = await read('');
    const next = await read(`&cursor=${first.next_cursor}`);
    const emails = [...first.items, ...next.items].map(({ email }) => email);
    assert.deepEqual(emails, made);
    assert.equal(next.next_cursor, null);
  });

  test('shows_what_a_person_belongs_to_and_how_they_log_in', async () => {
    const person = await logInAs(server, { role: 'reporter:api-entreprise' });
    const answer = (await support.client.get(pathOf(person))).expect(200);
    const { body } = answer;
    assert.equal(answer.etag, `"${body.version}"`);
    assert.deepEqual(body.roles, [{ role: 'reporter', product: 'api-entreprise' }]);
    assert.equal(body.memberships[0].siret, SIRETS.CLAMART);
    assert.equal(body.has_password, true);
    assert.deepEqual(body.second_factor, { enrolled: false, required: false, reset: null });
    assert.equal(body.sessions, 1);
    assert.equal(body.suspension, null);
    assert.doesNotMatch(JSON.stringify(body), /argon2|secret/);
  });

  test('is_told_to_the_person_concerned', async () => {
    const person = await logInAs(server);
    (await support.client.get(pathOf(person))).expect(200);
    (await support.client.get(`/v1/accounts?q=${person.email}`)).expect(200);
    const own = await waitFor('the look at the account', async () => {
      const { items } = (await person.client.get('/v1/account/access-log')).expect(200).body;
      return items.find(({ action }) => action === 'account.read');
    });
    assert.equal(own.service, 'support');
    const query = `account=${support.session.account.id}&action=accounts.search&searched=${person.email}`;
    await waitFor('the search, which is kept as a digest', async () => {
      const { items } = (await admin.client.get(`/v1/access-log?${query}`)).expect(200).body;
      return items.length === 1 && /^hmac:[0-9a-f]{32}$/.test(items[0].details.q);
    });
  });

  test('is_for_support_and_administrators', async () => {
    const person = await logInAs(server);
    const others = [
      person,
      await logInAs(server, { role: 'instructor:api-entreprise' }),
      await logInAs(server, { role: 'manager:api-entreprise' }),
    ];
    for (const { client } of others) {
      (await client.get('/v1/accounts?q=mairie')).expect(403);
      (await client.get(pathOf(person))).expect(403);
    }
    (await server.client().get('/v1/accounts?q=mairie')).expect(401);
    (await support.client.get('/v1/accounts/not-an-id')).expect(404);
    const unknown = '/v1/accounts/00000000-0000-4000-8000-000000000000';
    (await support.client.get(unknown)).expect(404);
    for (const path of ['/suspension', '/sessions', '/second-factor', '/second-factor/reset']) {
      const body = ['/suspension', '/second-factor'].includes(path) ? REASON : undefined;
      (await admin.client.request('DELETE', unknown + path, body)).expect(404);
    }
    (await admin.client.put(`${unknown}/suspension`, REASON)).expect(404);
  });
});

describe('the end of a membership by support', () => {
  const membershipOf = ({ session }) => session.memberships[0].id;
  const create = (client) =>
    client.post('/v1/requests', {
      product: 'api-entreprise',
      use_case: 'demande-libre',
      siret: SIRETS.CLAMART,
    });
  const end = (who, id, body = { reason: 'A quitté la mairie.' }) =>
    who.client.post(`/v1/memberships/${id}/ending`, body);

  test('takes_the_organisation_away_and_tells_the_person_why', async () => {
    const domain = 'ville-fin.example';
    const person = await logInAs(server, { domain });
    const { id } = (await create(person.client)).expect(201).body;
    const answer = (await end(support, membershipOf(person))).expect(200);
    assert.equal(answer.body.state, 'refused');
    assert.equal(answer.body.reason, 'A quitté la mairie.');
    const mail = await server.mailbox.take({ to: person.email, subject: /a pris fin/ });
    assert.match(mail.text, /A quitté la mairie/);
    const colleague = await logInAs(server, { domain });
    (await colleague.client.get(`/v1/requests/${id}`)).expect(200);
    (await create(person.client)).expect(403);
    (await person.client.post(`/v1/organisations/${SIRETS.CLAMART}/members`)).expect(409);
    (await end(support, membershipOf(person))).expect(409);
    const { items } = (await admin.client.get('/v1/audit?action=membership.end')).expect(200).body;
    assert.ok(items.some(({ object_id: object }) => object === membershipOf(person)));
  });

  test('is_for_support_and_never_their_own', async () => {
    const person = await logInAs(server);
    const manager = await logInAs(server, { ...DINUM, role: 'manager:api-entreprise' });
    (await end(manager, membershipOf(person))).expect(403);
    (await end(person, membershipOf(person))).expect(403);
    (await end(support, membershipOf(support))).expect(403);
    (await end(support, '00000000-0000-4000-8000-000000000000')).expect(404);
    assert.deepEqual((await end(support, membershipOf(person), {})).expect(422).codes, {
      '/reason': 'required',
    });
  });
});
