// What people find: lists, search, export, figures; and what they say to each other about a request.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { logInAs } from '../support/accounts.mjs';
import { runJob } from '../support/jobs.mjs';
import { cast, decide, draftRequest, saveRequest, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

let server;
let applicant;
let instructor;
let domain;
let requests;
before(async () => {
  server = await startServer();
  ({ applicant, instructor, domain } = await cast(server));
  requests = [];
  for (const title of ['Aides à l’été', '=cmd|x, "y"', 'Marchés']) {
    requests.push(await submitRequest(applicant.client, { domain, patch: { title } }));
  }
});
after(() => server.stop());

const list = async (query, client = instructor.client) =>
  (await client.get(`/v1/requests?${query}`)).expect(200).body;
const numbers = async (query, client) => (await list(query, client)).items.map((one) => one.number);
const all = () => requests.map(({ number }) => number);

test('pages_through_the_queue_in_both_orders_without_missing_one', async () => {
  for (const sort of ['age', 'updated']) {
    const seen = [];
    let cursor = '';
    do {
      const page = await list(`sort=${sort}&limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ number }) => number));
      cursor = page.next_cursor;
    } while (cursor);
    assert.deepEqual(seen, sort === 'age' ? all() : all().toReversed());
  }
});

test('finds_by_number_siret_organisation_title_and_people', async () => {
  const [first] = requests;
  assert.deepEqual(await numbers(`q=${first.number}`), [first.number]);
  assert.deepEqual(await numbers('q=AIDES%20ete'), [first.number]);
  assert.deepEqual((await numbers(`q=${SIRETS.CLAMART}`)).toSorted(), all().toSorted());
  assert.equal((await numbers('q=clamart')).length, 3);
  assert.equal((await numbers('q=durand')).length, 3, 'the applicant');
  assert.equal((await numbers('q=lefevre')).length, 3, 'a contact');
  assert.deepEqual(await numbers('q=100%25'), [], 'no pattern of its own');
});

test('filters_by_state_product_siret_assignee_and_relation', async () => {
  assert.equal((await numbers('state=submitted,draft')).length, 3);
  assert.deepEqual(await numbers('state=approved'), []);
  assert.deepEqual(await numbers('product=api-particulier'), []);
  assert.deepEqual(await numbers(`siret=${SIRETS.PARIS}`), []);
  const { id, number } = requests[2];
  const me = { account_id: instructor.session.account.id };
  (await instructor.client.put(`/v1/requests/${id}/assignee`, me)).expect(200);
  assert.deepEqual(await numbers('assignee=me'), [number]);
  assert.equal((await numbers('assignee=none')).length, 2);
  assert.equal((await instructor.client.get(`/v1/requests/${id}`)).body.assignee.id, me.account_id);
  const seen = (await applicant.client.get(`/v1/requests/${id}`)).body;
  const listed = (await list('relation=applicant', applicant.client)).items;
  for (const one of [seen, ...listed]) assert.equal(one.assignee, null, 'for the staff alone');
  const nobody = { account_id: applicant.session.account.id };
  (await instructor.client.put(`/v1/requests/${id}/assignee`, nobody)).expect(422);
  (await instructor.client.put(`/v1/requests/${id}/assignee`, { account_id: null })).expect(200);
  assert.equal((await numbers('relation=applicant', applicant.client)).length, 3);
  assert.deepEqual(await numbers('relation=applicant'), []);
});

test('refuses_filters_that_do_not_exist', async () => {
  for (const query of [
    'state=open',
    'siret=1',
    'assignee=x',
    'sort=size',
    'relation=x',
    'limit=0',
    'limit=101',
    'cursor=x',
    'q=',
  ]) {
    (await instructor.client.get(`/v1/requests?${query}`)).expect(422);
  }
  (await instructor.client.get('/v1/requests?colour=red')).expect(400, 422);
});

test('exports_the_filtered_list_as_csv_for_the_staff', async () => {
  const headers = { accept: 'text/csv' };
  const csv = (await instructor.client.get('/v1/requests', { headers })).expect(200).body;
  const lines = csv.trim().split('\r\n');
  assert.equal(lines.length, 4);
  assert.match(lines[0], /^number,id,state,product,use_case,siret,organisation,title/);
  assert.ok(csv.includes(`"'=cmd|x, ""y"""`), 'no formula for a spreadsheet');
  (await applicant.client.get('/v1/requests', { headers })).expect(403);
});

test('messages_go_to_the_other_side_and_count_until_they_are_read', async () => {
  const { id, number } = requests[0];
  const path = `/v1/requests/${id}/messages`;
  const body = 'Bonjour <i>vous</i>\nUne question.';
  (await instructor.client.post(path, { body: '' })).expect(422);
  const { body: message } = (await instructor.client.post(path, { body })).expect(201);
  assert.equal(message.body, body);
  assert.equal(message.as_staff, true);
  await server.mailbox.take({
    to: applicant.email,
    subject: new RegExp(`${number} : vous avez un message`),
  });
  const unread = async () =>
    (await applicant.client.get(`/v1/requests/${id}`)).body.unread_messages;
  assert.equal(await unread(), 1);
  const mark = { message_id: message.id };
  (await applicant.client.put(`${path}/read-mark`, mark)).expect(204);
  assert.equal(await unread(), 0);
  const other = `/v1/requests/${requests[1].id}/messages/read-mark`;
  (await applicant.client.put(other, mark)).expect(422);
  (await applicant.client.post(path, { body: 'Réponse' })).expect(201);
  assert.equal((await instructor.client.get(`/v1/requests/${id}`)).body.unread_messages, 1);
  const { items } = (await applicant.client.get(path)).expect(200).body;
  assert.deepEqual(
    items.map((one) => [one.body, one.as_staff, one.read]),
    [
      ['Réponse', false, true],
      [body, true, true],
    ],
  );
});

test('notes_are_visible_to_staff_only', async () => {
  const path = `/v1/requests/${requests[0].id}/notes`;
  (await instructor.client.post(path, { body: 'À vérifier' })).expect(201);
  assert.equal((await instructor.client.get(path)).expect(200).body.items[0].body, 'À vérifier');
  (await applicant.client.get(path)).expect(403);
  (await applicant.client.post(path, { body: 'x' })).expect(403);
});

test('managers_keep_templates_that_instructors_read', async () => {
  const manager = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'manager:api-entreprise',
  });
  const path = '/v1/products/api-entreprise/templates';
  const input = {
    outcome: 'refuse',
    name: 'Texte général',
    body: 'Le texte cité est trop général.',
  };
  (await instructor.client.post(path, input)).expect(403);
  const made = (await manager.client.post(path, input)).expect(201);
  (await manager.client.post(path, input)).expect(409);
  assert.equal((await instructor.client.get(`${path}?outcome=refuse`)).body.items.length, 1);
  assert.equal((await instructor.client.get(`${path}?outcome=approve`)).body.items.length, 0);
  const one = `${path}/${made.body.id}`;
  (await manager.client.patch(one, { name: 'Autre' })).expect(428);
  const changed = await manager.client.patch(one, { name: 'Autre' }, { etag: made.etag });
  assert.equal(changed.expect(200).body.body, input.body);
  (await manager.client.patch(one, { name: 'x' }, { etag: made.etag })).expect(412);
  const admin = await logInAs(server, { siret: SIRETS.DINUM, role: 'admin' });
  assert.equal((await admin.client.get(path)).expect(200).body.items.length, 1);
  (await admin.client.post(path, { ...input, name: 'Troisième' })).expect(403);
  (await manager.client.delete(one)).expect(204);
  (await manager.client.delete(one)).expect(404);
  (await manager.client.get('/v1/products/nothing/templates')).expect(404);
  (await manager.client.get('/v1/products/api-particulier/templates')).expect(403);
});

test('each_staff_member_has_saved_filters', async () => {
  const filter = { name: 'À moi', query: { state: ['submitted'], assignee: 'me', sort: 'age' } };
  const { body } = (await instructor.client.post('/v1/saved-filters', filter)).expect(201);
  (await instructor.client.post('/v1/saved-filters', filter)).expect(409);
  const wrong = { name: 'x', query: { state: ['open'], colour: 'red' } };
  assert.deepEqual(
    (await instructor.client.post('/v1/saved-filters', wrong)).expect(422).pointers,
    ['/query/colour', '/query/state/0'],
  );
  assert.deepEqual((await instructor.client.get('/v1/saved-filters')).body.items, [body]);
  (await instructor.client.delete(`/v1/saved-filters/${body.id}`)).expect(204);
});

test('statistics_and_open_data_are_anonymous', async () => {
  (await decide(instructor.client, requests[2].id, 'approve')).expect(201);
  const visitor = server.client();
  const { body } = (await visitor.get('/v1/statistics')).expect(200);
  assert.equal(body.active_habilitations, 1);
  assert.equal(body.active_tokens, 1);
  assert.equal(body.decisions.approve, 1);
  assert.equal(body.months.length, 12);
  assert.equal(body.months[11].submissions, 3);
  const csv = (await visitor.get('/v1/open-data/habilitations.csv')).expect(200).body;
  assert.match(
    csv,
    /^number,product,use_case,siret,organisation,title,scopes,approved_at\r\nH\d+,/,
  );
  assert.ok(!csv.includes('@'), 'no address');
  assert.ok(!csv.includes('Durand'), 'no name');
});

/** What a telephone reads from the first page of a document. */
function readCode(pdf) {
  const page = ['-q', '-singlefile', '-r', '150', '-gray', '-png', '-'];
  const input = execFileSync('pdftoppm', page, { input: pdf });
  return execFileSync('zbarimg', ['--nodbus', '--quiet', '--raw', '-'], {
    input,
    encoding: 'utf8',
  }).trimEnd();
}

test('the_confirmation_of_a_document_is_anonymous_and_shows_its_end', async () => {
  const { habilitation_id: id } = (await applicant.client.get(`/v1/requests/${requests[2].id}`))
    .body;
  const { body } = (await applicant.client.get(`/v1/habilitations/${id}`)).expect(200);
  const document = (await applicant.client.get(`/v1/habilitations/${id}/document`)).expect(200);
  assert.equal(document.bytes.subarray(0, 5).toString(), '%PDF-');
  const code = body.confirmation_code;
  assert.equal(readCode(document.bytes), `${server.url}/confirmation/${code}`, 'only the code');
  const path = `/v1/habilitation-confirmations/${code}`;
  const visitor = server.client();
  const seen = (await visitor.get(path)).expect(200);
  assert.equal(seen.body.state, 'active');
  assert.ok(!JSON.stringify(seen.body).includes('@'));
  (await decide(instructor.client, requests[2].id, 'revoke', { reason: 'Fin' })).expect(201);
  assert.equal((await visitor.get(path)).expect(200).body.state, 'revoked');
  (await visitor.get('/v1/habilitation-confirmations/AAAA-BBBB')).expect(404);
  const stranger = await logInAs(server, { siret: SIRETS.LYON, domain: 'lyon.example' });
  (await stranger.client.get(`/v1/habilitations/${id}/document`)).expect(404);
});

test('the_document_shows_holder_scopes_legal_basis_and_conditions_as_typed', async () => {
  const typed = (text) => `<b>${text}</b> & "suite"`;
  const person = (name, local) => ({
    kind: 'person',
    given_name: 'Ana',
    family_name: typed(name),
    job_title: typed(`Fonction ${name}`),
    email: `${local}@${domain}`,
    phone: '01 99 00 12 34',
  });
  const patch = {
    title: typed('Titre'),
    description: typed('Description'),
    procedures: [typed('Démarche')],
    legal_basis: { text: typed('Texte'), url: 'https://ville.example/deliberation' },
    recipients: typed('Destinataires'),
    retention_months: 60,
    retention_justification: typed('Prescription'),
    scopes: ['bilans_bdf', 'liasses_fiscales_dgfip', 'cotisations_msa'],
    scope_justifications: { bilans_bdf: typed('Analyse'), liasses_fiscales_dgfip: 'Plafond' },
    contacts: {
      data_controller: person('Responsable', 'direction'),
      data_protection_officer: person('Délégué', 'dpo'),
    },
  };
  const { id, number } = await submitRequest(applicant.client, { domain, patch });
  const granted = {
    granted_scopes: ['bilans_bdf', 'cotisations_msa'],
    reason: typed('Motif'),
    message: typed('Message'),
  };
  (await decide(instructor.client, id, 'approve', granted)).expect(201);
  const request = (await applicant.client.get(`/v1/requests/${id}`)).expect(200).body;
  const path = `/v1/habilitations/${request.habilitation_id}/document`;
  const { bytes } = (await applicant.client.get(path)).expect(200);
  const text = execFileSync('pdftotext', ['-enc', 'UTF-8', '-', '-'], { input: bytes })
    .toString()
    .replaceAll(/\s+/g, ' ');
  const words =
    'Titre Description Démarche Texte Destinataires Prescription Analyse Responsable Délégué Motif Message';
  for (const word of words.split(' ')) assert.ok(text.includes(typed(word)), word);
  assert.ok(text.includes('60 mois'));
  assert.ok(text.includes(`acceptées : version ${request.terms_version}`));
  assert.ok(!text.includes('Plafond'), 'not granted, not justified');

  const subject = new RegExp(`${number} acceptée`);
  const mail = await server.mailbox.take({ to: applicant.email, subject });
  for (const word of ['Motif', 'Message']) {
    assert.ok(mail.text.includes(typed(word)) && mail.html.includes(`&lt;b&gt;${word}`), word);
  }
  const notice = await server.mailbox.take({ to: `dpo@${domain}`, subject: new RegExp(number) });
  assert.match(notice.html, /&lt;b&gt;Titre/);
  assert.doesNotMatch(mail.html + notice.html, /<b>/);
});

test('habilitations_are_filtered_by_state_and_paginated_for_readers_of_their_requests', async () => {
  const {
    applicant: owner,
    instructor: decider,
    domain: town,
  } = await cast(server, {
    siret: SIRETS.MARSEILLE,
  });
  const ids = [];
  for (const title of ['Revue', 'Retirée', 'Neuve']) {
    const patch = { title };
    const given = { domain: town, siret: SIRETS.MARSEILLE, patch };
    const { id } = await submitRequest(owner.client, given);
    (await decide(decider.client, id, 'approve')).expect(201);
    ids.push(id);
  }
  (await decide(decider.client, ids[1], 'revoke', { reason: 'Fin' })).expect(201);
  (await owner.client.post(`/v1/requests/${ids[0]}/reopening`)).expect(200);
  await saveRequest(owner.client, ids[0], { title: 'Revue et complétée' });
  (await owner.client.post(`/v1/requests/${ids[0]}/submission`)).expect(200);
  (await decide(decider.client, ids[0], 'approve')).expect(201);

  const found = async ({ client }, query) => {
    const filter = `siret=${SIRETS.MARSEILLE}&${query}`;
    const { items } = (await client.get(`/v1/habilitations?${filter}`)).expect(200).body;
    return items.map(({ state, title }) => `${state} ${title}`);
  };
  const all = ['active Revue et complétée', 'active Neuve', 'revoked Retirée', 'superseded Revue'];
  const both = await logInAs(server, {
    siret: SIRETS.MARSEILLE,
    domain: town,
    role: 'reporter:api-entreprise',
  });
  const admin = await logInAs(server, { siret: SIRETS.DINUM, role: 'admin' });
  for (const one of [owner, decider, both, admin]) {
    assert.deepEqual(await found(one, ''), all);
    assert.deepEqual(await found(one, 'state=active'), all.slice(0, 2));
    assert.deepEqual(await found(one, 'state=revoked'), all.slice(2, 3));
    assert.deepEqual(await found(one, 'state=superseded'), all.slice(3));
    assert.deepEqual(await found(one, 'product=api-particulier'), []);
  }
  for (const one of [applicant, await logInAs(server, { role: 'instructor:api-particulier' })]) {
    assert.deepEqual(await found(one, ''), [], 'neither of the organisation nor of the product');
  }
  const seen = [];
  for (let cursor = ''; cursor !== null;) {
    const path = `/v1/habilitations?siret=${SIRETS.MARSEILLE}&limit=1${cursor && `&cursor=${cursor}`}`;
    const { body } = (await both.client.get(path)).expect(200);
    seen.push(...body.items.map(({ state, title }) => `${state} ${title}`));
    cursor = body.next_cursor;
  }
  assert.deepEqual(seen, all, 'each once, though seen as a member and as staff');
});

test('reminds_of_a_stale_draft_once_then_archives_it', async () => {
  const { id, number } = await draftRequest(applicant.client, { domain });
  const age = async (interval, column) => {
    await server.database.sql(
      `update request set ${column} = now() - interval '${interval}' where id = '${id}'`,
    );
    await runJob(server, 'stale_requests');
  };
  const facts = async () => {
    const [row] = await server.database.rows(
      `select state, reminded_at is not null as reminded from request where id = '${id}'`,
    );
    return row;
  };
  await age('14 days 23 hours', 'updated_at');
  assert.deepEqual(await facts(), { state: 'draft', reminded: false });
  await age('15 days 1 minute', 'updated_at');
  assert.deepEqual(await facts(), { state: 'draft', reminded: true });
  await server.mailbox.take({
    to: applicant.email,
    subject: new RegExp(`${number} : votre brouillon`),
  });
  await age('14 days 23 hours', 'reminded_at');
  assert.deepEqual(await facts(), { state: 'draft', reminded: true });
  await age('15 days 1 minute', 'reminded_at');
  await server.mailbox.take({ to: applicant.email, subject: new RegExp(`${number} archivée`) });
  assert.equal((await applicant.client.get(`/v1/requests/${id}`)).body.state, 'archived');
  const [count] = await server.database.sql(
    `select count(*) from outbox where template = 'request_reminder_draft'`,
  );
  assert.equal(count, '1');
});

test('neither_reminds_of_nor_archives_a_stale_reopened_request', async () => {
  const { id } = await submitRequest(applicant.client, { domain });
  (await decide(instructor.client, id, 'approve')).expect(201);
  (await applicant.client.post(`/v1/requests/${id}/reopening`)).expect(200);
  const mails = async () =>
    (
      await server.database.sql("select count(*) from outbox where template ~ 'remind|archived'")
    )[0];
  const before = await mails();
  const stale = async (column) => {
    await server.database.sql(
      `update request set ${column} = now() - interval '16 days' where id = '${id}'`,
    );
    await runJob(server, 'stale_requests');
    const [row] = await server.database.rows(
      `select state, reopened, reminded_at is not null as reminded from request where id = '${id}'`,
    );
    assert.equal(await mails(), before);
    return row;
  };
  const expected = { state: 'draft', reopened: true, reminded: false };
  assert.deepEqual(await stale('updated_at'), expected);
  assert.deepEqual(await stale('reminded_at'), { ...expected, reminded: true });
});

test('does_not_archive_a_stale_draft_that_is_being_edited', async () => {
  const { id } = await draftRequest(applicant.client, { domain });
  await server.database.sql(
    `update request set updated_at = now() - interval '16 days', reminded_at = now() - interval '16 days' where id = '${id}'`,
  );
  // The edit is under way: the worker has seen the draft as it was, and waits for its lock.
  const edit = server.database.sql(
    `begin; update request set version = version + 1, updated_at = now(), reminded_at = null where id = '${id}';
     do $$ declare waits boolean := false; begin
       for i in 1..6000 loop
         perform pg_stat_clear_snapshot();
         select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') into waits;
         exit when waits;
         perform pg_sleep(0.01);
       end loop;
       assert waits;
     end $$; commit`,
  );
  await waitFor('the edit', async () => {
    const sleeping = "datname = current_database() and wait_event = 'PgSleep'";
    return (
      (await server.database.sql(`select 1 from pg_stat_activity where ${sleeping}`)).length > 0
    );
  });
  await Promise.all([runJob(server, 'stale_requests'), edit]);
  assert.equal((await applicant.client.get(`/v1/requests/${id}`)).body.state, 'draft');
});

test('lists_products_and_their_endpoints', async () => {
  const visitor = server.client();
  const { items } = (await visitor.get('/v1/products')).expect(200).body;
  assert.deepEqual(
    items.map(({ id }) => id),
    ['api-entreprise', 'api-particulier'],
  );
  (await visitor.get('/v1/products/api-entreprise')).expect(200);
  (await visitor.get('/v1/products/nothing')).expect(404);
  const path = '/v1/products/api-entreprise/endpoints';
  const insee = (await visitor.get(`${path}?provider=insee&limit=100`)).expect(200).body.items;
  assert.ok(insee.length > 0 && insee.every(({ provider }) => provider === 'insee'));
  assert.equal((await visitor.get(path)).expect(200).body.items.length, 20, 'the default');
  const first = (await visitor.get(`${path}?limit=2`)).expect(200).body;
  const next = (await visitor.get(`${path}?limit=2&cursor=${first.next_cursor}`)).expect(200).body;
  assert.notEqual(first.items[0].path, next.items[0].path);
});

test('a_number_finds_its_request_alone', async () => {
  const given = { siret: SIRETS.LYON };
  const { applicant: owner, instructor: decider, domain: town } = await cast(server, given);
  const [first, second] = [
    await submitRequest(owner.client, { domain: town, ...given }),
    await submitRequest(owner.client, { domain: town, ...given }),
  ];
  // The second holds the number of the first in its title, in a longer number as well.
  const title = `Suite de ${first.number}, pas ${first.number}0`;
  const third = await submitRequest(owner.client, { domain: town, ...given, patch: { title } });
  (await decide(decider.client, second.id, 'approve')).expect(201);
  const { habilitation_id: habilitation } = (
    await owner.client.get(`/v1/requests/${second.id}`)
  ).expect(200).body;
  const { number } = (await owner.client.get(`/v1/habilitations/${habilitation}`)).expect(200).body;
  for (const client of [owner.client, decider.client]) {
    const found = (words) => numbers(`q=${encodeURIComponent(words)}`, client);
    assert.deepEqual(await found(first.number), [first.number]);
    assert.deepEqual(await found(`lyon ${first.number.toLowerCase()}`), [first.number]);
    assert.deepEqual(await found(`${first.number} ${third.number}`), []);
    assert.deepEqual(await found(`suite ${third.number}`), [third.number]);
    assert.deepEqual(await found(number), [second.number]);
    assert.deepEqual(await found(`${number.toLowerCase()} ${second.number}`), [second.number]);
    assert.deepEqual(await found(`${number} ${first.number}`), []);
    assert.deepEqual(await found(`H${'9'.repeat(18)}`), [], 'of no habilitation');
    assert.deepEqual(await found(`D${'9'.repeat(18)}`), []);
    assert.deepEqual(await found(`D${'9'.repeat(30)}`), []);
  }
  assert.deepEqual(await numbers(`q=${number}`, applicant.client), [], 'of another organisation');
});
