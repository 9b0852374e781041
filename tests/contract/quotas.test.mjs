// What one caller may use up: each limit exactly, however many at once, with a sentence that names it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { cast, createRequest, draftRequest, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

const MB = 2 ** 20;
const HOUR_S = 3600;
const LIMITS = {
  GUICHET_DRAFTS_PER_ACCOUNT: '7',
  GUICHET_JOINS_PER_DAY: '3',
  GUICHET_MESSAGES_PER_HOUR: '6',
  GUICHET_UPLOAD_MB_PER_HOUR: '10',
  GUICHET_STORAGE_MB_PER_ORGANISATION: '15',
};

let server;
let applicant;
let instructor;
let domain;
before(async () => {
  server = await startServer({ env: LIMITS });
  ({ applicant, instructor, domain } = await cast(server));
});
after(() => server.stop());

const AT_ONCE = 40;

/** How many of as many at once got each status; the refusals. */
async function crowd(ask) {
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => ask(i)));
  const refused = answers.filter(({ status }) => status >= 400);
  return { accepted: answers.filter(({ status }) => status === 201).length, refused };
}

/** Each refusal says how long to wait, within the window. */
function assertWaits(refused, windowS, sentence) {
  for (const { status, headers, body } of refused) {
    assert.equal(status, 429);
    assert.match(body.detail, sentence);
    const wait = Number(headers['retry-after']);
    assert.ok(wait > windowS - 120 && wait <= windowS, `${wait} s`);
  }
}

test('lets_an_account_have_so_many_drafts_and_no_more', async () => {
  const { client } = await logInAs(server, { siret: SIRETS.LYON });
  const body = { product: 'api-entreprise', use_case: 'demande-libre', siret: SIRETS.LYON };
  const { accepted, refused } = await crowd(() => client.post('/v1/requests', body));
  assert.equal(accepted, 7);
  for (const answer of refused) {
    assert.equal(answer.status, 409);
    assert.match(answer.body.detail, /^Vous avez déjà 7 brouillons : /);
  }
  const [{ id }] = (await client.get('/v1/requests')).expect(200).body.items;
  (await client.post(`/v1/requests/${id}/copy`)).expect(409);
  (await client.delete(`/v1/requests/${id}`)).expect(204);
  (await client.post('/v1/requests', body)).expect(201);
});

test('lets_an_account_join_so_many_organisations_in_a_day', async () => {
  const { client } = await logInAs(server, { siret: SIRETS.DINUM });
  const others = Object.values(SIRETS).filter((siret) => siret !== SIRETS.DINUM);
  const joins = await Promise.all(
    others.map((siret) => client.post(`/v1/organisations/${siret}/members`)),
  );
  const refused = joins.filter(({ status }) => status === 429);
  assert.equal(joins.filter(({ status }) => status === 201).length, 3);
  assert.ok(refused.length > 0);
  assertWaits(
    refused,
    24 * HOUR_S,
    /^Vous pouvez rejoindre 3 organisations par jour. Recommencez dans 24 heures\.$/,
  );
});

test('takes_so_many_messages_of_each_side_about_a_request_in_an_hour', async () => {
  const { id } = await submitRequest(applicant.client, { domain });
  const path = `/v1/requests/${id}/messages`;
  const { accepted, refused } = await crowd((i) =>
    applicant.client.post(path, { body: `Question ${i}` }),
  );
  assert.equal(accepted, 6);
  assertWaits(
    refused,
    HOUR_S,
    /^Une demande prend 6 de vos messages par heure. Recommencez dans \d+ minutes\.$/,
  );
  (await instructor.client.post(path, { body: 'Une réponse' })).expect(201);
  await server.database.sql(`update quota set ends_at = now() where ends_at > now()`);
  (await applicant.client.post(path, { body: 'Plus tard' })).expect(201);
});

const pdf = (bytes) => {
  const head = '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n';
  return Buffer.concat([Buffer.from(head), Buffer.alloc(bytes - head.length, ' ')]);
};

function attach(client, id, bytes, members = {}) {
  const form = new FormData();
  form.set('kind', 'mockup');
  for (const [name, value] of Object.entries(members)) form.set(name, value);
  form.set('file', new Blob([pdf(bytes)]), 'a.pdf');
  return client.post(`/v1/requests/${id}/attachments`, form);
}

test('takes_so_much_of_one_account_in_an_hour_and_gives_back_what_was_refused', async () => {
  const { client } = await logInAs(server, { siret: SIRETS.PARIS });
  const ids = await Promise.all(
    Array.from(
      { length: 2 },
      async () => (await createRequest(client, { siret: SIRETS.PARIS })).body.id,
    ),
  );
  for (let i = 0; i < 3; i++) {
    (await attach(client, ids[0], 4 * MB, { replaces: 'unknown' })).expect(422);
  }
  // Twelve files of a megabyte on two requests: ten fit in the hour, none is lost to the refusals.
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => attach(client, ids[i % 2], MB)),
  );
  assert.equal(answers.filter(({ status }) => status === 201).length, 10);
  const refused = answers.filter(({ status }) => status !== 201);
  assertWaits(refused, HOUR_S, /^Vous pouvez envoyer 10 Mo de fichiers par heure\. /);
});

test('keeps_the_files_of_one_organisation_within_their_room', async () => {
  const people = await Promise.all([1, 2].map(() => logInAs(server, { siret: SIRETS.CLAMART })));
  const uploads = await Promise.all(
    people.map(async ({ client }) => {
      const { id } = (await createRequest(client)).body;
      const answers = await Promise.all(Array.from({ length: 9 }, () => attach(client, id, MB)));
      return { client, id, answers };
    }),
  );
  const answers = uploads.flatMap((one) => one.answers);
  assert.equal(answers.filter(({ status }) => status === 201).length, 15);
  for (const { status, body } of answers.filter((one) => one.status !== 201)) {
    assert.equal(status, 409);
    assert.match(body.detail, /^Les fichiers de cette organisation occuperaient plus de 15 Mo : /);
  }
  const [{ client, id }] = uploads;
  const [file] = (await client.get(`/v1/requests/${id}/attachments`)).expect(200).body.items;
  (await client.delete(`/v1/requests/${id}/attachments/${file.id}`)).expect(204);
  (await attach(client, id, MB)).expect(201);
  // What is deleted with its request is given back too.
  (await client.delete(`/v1/requests/${id}`)).expect(204);
  const [bytes] = await server.database.sql(
    `select bytes from organisation_storage where siret = '${SIRETS.CLAMART}'`,
  );
  const left = (await uploads[1].client.get(`/v1/requests/${uploads[1].id}/attachments`)).body;
  assert.equal(Number(bytes), left.items.length * MB);
});

const numbered = (count) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, i]));

test('names_a_hundred_unknown_members_and_reads_no_object_of_257', async () => {
  const { client } = await logInAs(server, { siret: SIRETS.CLAMART });
  const most = (await client.post('/v1/requests', numbered(256))).expect(422);
  assert.equal(most.body.errors.length, 100);
  const over = (await client.post('/v1/requests', numbered(257))).expect(400);
  assert.equal(over.body.detail, 'Un objet du corps a plus de 256 membres.');
});

test('answers_404_to_a_path_of_any_length_with_an_idempotency_key', async () => {
  const { client } = await logInAs(server, { siret: SIRETS.CLAMART });
  for (const length of [255, 256, 6000]) {
    const headers = { 'Idempotency-Key': `long-path-${length}` };
    const name = randomBytes(length).toString('base64url'); // an index would squeeze a simpler one
    const path = `/v1/requests/${name}/submission`;
    (await client.post(path, {}, { headers })).expect(404);
  }
});

const ABOUT = (number) => new RegExp(`${number} : vous avez un message`);

test('mails_a_conversation_once_an_hour_with_what_was_said_since', async () => {
  const { id, number } = await submitRequest(applicant.client, { domain });
  const say = async (body) =>
    (await applicant.client.post(`/v1/requests/${id}/messages`, { body })).expect(201);
  const mails = () => server.mailbox.list({ to: instructor.email, subject: ABOUT(number) });
  await say('Première question');
  const first = await server.mailbox.take({ to: instructor.email, subject: ABOUT(number) });
  assert.equal(first.url, `${server.url}/instruction/${id}?onglet=messages`);
  assert.match(first.text, /^> Première question$/m);
  await Promise.all(['Deuxième', 'Troisième'].map(say));
  await say(`Longue ${'z'.repeat(3000)}`);
  await mailsDone(server);
  assert.equal((await mails()).length, 1, 'the others wait for the end of the hour');
  const [jobs] = await server.database.sql(
    `select count(*) from job where kind = 'message_mail' and payload ->> 'request_id' = '${id}'
     and run_at between now() + interval '55 minutes' and now() + interval '1 hour'`,
  );
  assert.equal(Number(jobs), 1);
  await server.database.sql(
    `update job set run_at = now() where kind = 'message_mail' and payload ->> 'request_id' = '${id}'`,
  );
  const second = await server.mailbox.take({ to: instructor.email, subject: ABOUT(number) });
  for (const line of [/^> Deuxième$/m, /^> Troisième$/m]) {
    assert.match(second.text, line);
  }
  assert.equal(second.text.match(/z/g).length, 1000 - 'Longue '.length, 'long ones are cut');
  assert.doesNotMatch(second.text, /Première/);
  await say('Après');
  await waitFor('the next one is planned', async () => {
    const [count] = await server.database.sql(
      `select count(*) from job where kind = 'message_mail' and payload ->> 'request_id' = '${id}' and run_at > now() + interval '55 minutes'`,
    );
    return Number(count) === 1;
  });
});

test('mails_nobody_about_a_draft_that_was_never_submitted', async () => {
  const { id, number } = await draftRequest(applicant.client, { domain });
  const path = `/v1/requests/${id}`;
  (await applicant.client.post(`${path}/messages`, { body: 'Bonjour ?' })).expect(201);
  await mailsDone(server);
  const about = await server.database.sql(
    `select template from outbox where data ->> 'number' = '${number}'`,
  );
  assert.deepEqual(about, []);
  (await applicant.client.post(`${path}/submission`)).expect(200);
  (await applicant.client.post(`${path}/messages`, { body: 'Et maintenant ?' })).expect(201);
  const mail = await server.mailbox.take({ to: instructor.email, subject: ABOUT(number) });
  assert.match(mail.text, /^> Et maintenant \?$/m);
  assert.doesNotMatch(mail.text, /Bonjour \?/);
});

test('shows_support_who_was_first_in_an_organisation_by_free_mail', async () => {
  const support = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'support',
  });
  const member = `insert into membership (account_id, siret, state, ground, created_at)`;
  await logInAs(server, { siret: SIRETS.BORDEAUX });
  const people = [];
  for (const [mailDomain, ground, age] of [
    ['gmail.com', 'first', 2],
    ['laposte.net', 'first', 1],
    ['mairie-libre.example', 'first', 0],
    ['gmail.com', 'support', 0],
  ]) {
    const person = await logInAs(server, { siret: SIRETS.DINUM, domain: mailDomain });
    await server.database.sql(
      `${member} values ('${person.session.account.id}', '${SIRETS.BORDEAUX}', 'active', '${ground}',
       now() - interval '${age} minutes')
       on conflict (account_id, siret) do update set ground = excluded.ground`,
    );
    people.push(person.email);
  }
  const query = '/v1/memberships?free_mail=true';
  const { items } = (await support.client.get(query)).expect(200).body;
  const ours = items.map(({ account }) => account.email).filter((email) => people.includes(email));
  assert.deepEqual(ours, [people[1], people[0]], 'the newest first');
  const page = (await support.client.get(`${query}&limit=1`)).expect(200).body;
  const next = (await support.client.get(`${query}&limit=1&cursor=${page.next_cursor}`)).expect(
    200,
  );
  assert.deepEqual(
    [page.items[0].id, next.body.items[0].id],
    items.slice(0, 2).map((one) => one.id),
  );
  (await support.client.get('/v1/memberships?free_mail=maybe')).expect(422);
});
