// A person with names and an address like nobody's does whatever leaves a trace, deletes their account, and every
// column of every table is searched for them. What remains is listed in api/deploy/PRIVACY.md, with its reason.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { PASSWORD, createAccount, logInAs, signUpForm } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { contact, decide, draftRequest, saveRequest, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

const PERSON = {
  email: 'zorglubine.quetzalcoat@oubli.example',
  givenName: 'Zorglubine',
  familyName: 'Quetzalcoat',
  siret: SIRETS.LYON,
};
/** Each alone says who it was. */
const FORMER = 'quetzalcoat.ancienne@oubli.example';
const NEEDLES = ['zorglubine', 'quetzalcoat', '0199887755'];

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const themselves = {
  ...contact('zorglubine.quetzalcoat', 'oubli.example'),
  given_name: PERSON.givenName,
  family_name: PERSON.familyName,
  phone: '0199887755',
};

/** "table.column" of every cell that holds one of the needles, as text or as bytes. */
async function found() {
  const columns = await server.database.rows(`select c.table_name as t, c.column_name as c
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where table_schema = 'public' and t.table_type = 'BASE TABLE' order by 1, 2`);
  assert.ok(columns.length > 200);
  const like = (cell) =>
    NEEDLES.flatMap((needle) => [needle, Buffer.from(needle).toString('hex')])
      .map((needle) => `lower(${cell}) like '%${needle}%'`)
      .join(' or ');
  const asked = columns.map(
    ({ t, c }) =>
      `select '${t}.${c}' as place from "${t}" x where ${like(`x."${c}"::text`)} group by 1`,
  );
  return (await server.database.rows(asked.join(' union all '))).map(({ place }) => place).sort();
}

/** The rows of the table of what stays. */
async function kept() {
  const page = await readFile(new URL('../../api/deploy/PRIVACY.md', import.meta.url), 'utf8');
  const [, table] = /^## What stays of a deleted person$([\s\S]*?)^## /m.exec(page) ?? [];
  return [...(table ?? '').matchAll(/^\| `(\w+\.\w+)` \|/gm)].map(([, place]) => place).sort();
}

test('a_deleted_person_is_found_nowhere_but_where_the_page_says', async () => {
  const domain = 'oubli.example';
  await createAccount(server, { ...PERSON, email: FORMER });
  const colleague = await logInAs(server, { siret: SIRETS.LYON, domain });
  const instructor = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'instructor:api-entreprise',
  });
  const support = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'support',
  });
  const admin = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'admin',
  });
  const client = server.client();
  // Somebody else names them by the address that they have then, and by both in other letters.
  const named = (email) => ({ ...themselves, email });
  const byFormer = await submitRequest(colleague.client, {
    domain,
    siret: SIRETS.LYON,
    patch: {
      contacts: {
        business: named(FORMER),
        technical: named('Quetzalcoat.ANCIENNE@Oubli.example'),
        data_controller: named('Zorglubine.QUETZALCOAT@Oubli.example'),
      },
    },
  });
  const asked = { reason: 'Complétez.' };
  (await decide(instructor.client, byFormer.id, 'request_changes', asked)).expect(201);
  await saveRequest(colleague.client, byFormer.id, {
    contacts: { business: contact('autre', domain) },
  });
  await client.logIn(FORMER, PASSWORD);
  (await client.post('/v1/account/email', { email: PERSON.email })).expect(202);
  const { token: confirmation } = await server.mailbox.take({
    to: PERSON.email,
    subject: /Confirmez/,
  });
  (await client.post('/v1/account/email-confirmation', { token: confirmation })).expect(204);
  (await client.delete('/v1/session')).expect(204);
  client.csrf = null;
  const wrong = { email: PERSON.email, password: 'not-the-password' };
  (await server.client().post('/v1/session', wrong)).expect(401);
  await client.logIn(PERSON.email, PASSWORD);
  const { etag } = await client.get('/v1/account');
  const patch = { phone: '0199887755', job_title: 'Quetzalcoat en chef' };
  (await client.patch('/v1/account', patch, { etag })).expect(200);
  // Requests of their own: a draft, one that is refused, one that is approved.
  const contacts = { data_controller: themselves, technical: themselves, business: themselves };
  const options = { domain, siret: SIRETS.LYON, patch: { contacts } };
  const draft = await draftRequest(client, options);
  const file = new FormData();
  file.set('kind', 'other');
  file.set('file', new Blob(['%PDF-1.4\n%%EOF\n']), 'note-de-zorglubine-quetzalcoat.pdf');
  (await client.post(`/v1/requests/${draft.id}/attachments`, file)).expect(201);
  await saveRequest(client, draft.id, { contacts: { business: contact('autre', domain) } });
  await saveRequest(client, draft.id, { contacts: { business: themselves } });
  const refused = await submitRequest(client, options);
  const changes = { reason: 'Autre contact, madame Quetzalcoat.' };
  (await decide(instructor.client, refused.id, 'request_changes', changes)).expect(201);
  await saveRequest(client, refused.id, { contacts: { business: contact('autre', domain) } });
  (await client.post(`/v1/requests/${refused.id}/submission`)).expect(200);
  const reason = 'Madame Quetzalcoat, hors périmètre.';
  (await decide(instructor.client, refused.id, 'refuse', { reason })).expect(201);
  const approved = await submitRequest(client, options);
  (await client.post(`/v1/requests/${approved.id}/messages`, { body: 'Bien à vous.' })).expect(201);
  const said = { body: 'Madame Quetzalcoat, merci.' };
  (await instructor.client.post(`/v1/requests/${approved.id}/messages`, said)).expect(201);
  (await instructor.client.post(`/v1/requests/${approved.id}/notes`, said)).expect(201);
  const message = 'Madame Quetzalcoat, c’est d’accord.';
  (await decide(instructor.client, approved.id, 'approve', { message })).expect(201);
  const { token_id: token } = (await client.get(`/v1/requests/${approved.id}`)).body;
  (await client.post(`/v1/tokens/${token}/reveal`)).expect(200);
  const share = { email: PERSON.email };
  (await client.post(`/v1/tokens/${token}/shares`, share)).expect(201);
  const program = { name: 'Zorglubine', siret: SIRETS.LYON, scopes: ['usage:read'] };
  (await client.post('/v1/clients', program)).expect(201);
  await instructor.client.get('/v1/requests?q=quetzalcoat');
  for (const q of ['quetzalcoat', PERSON.email])
    (await instructor.client.post('/v1/saved-filters', { name: q, query: { q } })).expect(201);
  // A request of somebody else that names them.
  const other = await draftRequest(colleague.client, {
    ...options,
    patch: { contacts: { ...contacts, business: contact('autre', domain) } },
  });
  // One that they carry for a while.
  const lent = await draftRequest(colleague.client, { domain, siret: SIRETS.LYON });
  const transfer = (who, email) => who.post(`/v1/requests/${lent.id}/transfer`, { email });
  (await transfer(colleague.client, PERSON.email.toUpperCase())).expect(200);
  (await transfer(client, colleague.email)).expect(200);
  // An approval that waits for a second instructor.
  await server.database.sql(`insert into request_proposal
      (request_id, request_version, proposed_by, granted_scopes, refused_scopes, reason, message)
    select '${other.id}', 1, id, '{}', '{}', 'Sauf ${PERSON.familyName}.', 'Merci, ${PERSON.givenName}.'
    from account where email = '${instructor.email}'`);
  // Others deal with them.
  (await client.post(`/v1/organisations/${SIRETS.LILLE}/members`)).expect(201);
  const { body: members } = await colleague.client.get(`/v1/organisations/${SIRETS.LYON}/members`);
  const { id: membership } = members.items.find(({ account }) => account.email === PERSON.email);
  const report = { comment: 'Je ne connais pas Zorglubine Quetzalcoat.' };
  (await colleague.client.post(`/v1/memberships/${membership}/report`, report)).expect(204);
  const [person] = await server.database.sql(
    `select id from account where email = '${PERSON.email}'`,
  );
  const suspension = { reason: 'Le compte de Quetzalcoat est pris.' };
  (await admin.client.put(`/v1/accounts/${person}/suspension`, suspension)).expect(200);
  const lifted = { reason: 'Quetzalcoat l’a repris.' };
  (await admin.client.request('DELETE', `/v1/accounts/${person}/suspension`, lifted)).expect(
    200,
    204,
  );
  await client.logIn(PERSON.email, PASSWORD);
  await support.client.get(`/v1/memberships?state=suspended&siret=${SIRETS.LILLE}`);
  await createAccount(server, { siret: SIRETS.RENNES, domain: 'rennes.example' });
  (await client.post(`/v1/organisations/${SIRETS.RENNES}/members`)).expect(201);
  const path = `/v1/memberships?state=suspended&siret=${SIRETS.RENNES}`;
  const [asks] = (await support.client.get(path)).expect(200).body.items;
  const verdict = { outcome: 'accept', reason: 'Quetzalcoat est connue à Rennes.' };
  const judged = { etag: `"${asks.version}"` };
  (await support.client.post(`/v1/memberships/${asks.id}/resolution`, verdict, judged)).expect(200);
  const address = { email: 'quetzalcoat.autre@oubli.example' };
  (await client.post('/v1/account/email', address)).expect(202);
  await server.client().post('/v1/password-reset-mail', { email: PERSON.email });
  // Somebody else signs up with their address.
  const stranger = signUpForm({ email: PERSON.email, family_name: 'Quetzalcoat' });
  (await server.client().post('/v1/accounts', stranger)).expect(202);
  const orders = [
    [client, { kind: 'account', format: 'json' }],
    [instructor.client, { kind: 'requests', filters: { q: 'quetzalcoat' } }],
  ];
  for (const [who, order] of orders) {
    const { id } = (await who.post('/v1/exports', order)).expect(202).body;
    await waitFor('the export', async () => {
      const { state } = (await who.get(`/v1/exports/${id}`)).expect(200).body;
      assert.notEqual(state, 'failed');
      return state === 'ready';
    });
  }
  await mailsDone(server);
  await waitFor('the looks to be written', async () => {
    const [count] = await server.database.sql(
      "select count(*) from access_log where action = 'requests.export'",
    );
    return count === '1';
  });
  const held = await found();
  for (const place of ['account.email', 'request.search', 'request.fields', 'outbox.recipient'])
    assert.ok(held.includes(place), `${place} held them`);
  // One mail that never left.
  await server.database.sql(
    `update outbox set state = 'parked' where id = (select id from outbox where recipient = '${PERSON.email}' limit 1)`,
  );

  (await client.request('DELETE', '/v1/account', { leave_requests: true })).expect(204);
  await mailsDone(server);
  assert.deepEqual(await found(), await kept());
  const events = await server.database.sql(
    "select detail from request_event where detail::text ~* '(zorglubine|quetzalcoat)' and event not in ('refuse', 'request_changes', 'attach')",
  );
  assert.deepEqual(events, [], 'decisions and names of files alone');
  for (const needle of NEEDLES) assert.ok(!server.stderr.toLowerCase().includes(needle), 'the log');
  const { body } = (await colleague.client.get(`/v1/requests/${other.id}`)).expect(200);
  assert.equal(body.contacts.technical.email, null);
});
