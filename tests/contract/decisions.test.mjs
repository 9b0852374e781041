// Instruction: decisions, what they cause, and what happens when two decide at once.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { logInAs } from '../support/accounts.mjs';
import { accessTokenOf, createProgram } from '../support/programs.mjs';
import {
  cancelReopening,
  cast,
  createRequest,
  decide,
  saveRequest,
  submitRequest,
} from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

let server;
let applicant;
let instructor;
let second;
let domain;
before(async () => {
  server = await startServer();
  ({ applicant, instructor, domain } = await cast(server));
  second = await logInAs(server, {
    siret: SIRETS.INSEE,
    domain: 'insee.example',
    role: 'instructor:api-entreprise',
  });
});
after(() => server.stop());

const submit = (options) => submitRequest(applicant.client, { domain, ...options });
const read = async (id, client = applicant.client) =>
  (await client.get(`/v1/requests/${id}`)).expect(200).body;
const act = (id, what, client = applicant.client) => client.post(`/v1/requests/${id}/${what}`);
const count = async (table, where) =>
  Number((await server.database.sql(`select count(*) from ${table} where ${where}`))[0]);

test('a_refusal_needs_a_reason_which_is_mailed_to_the_applicant', async () => {
  const { id, number } = await submit();
  const silent = await decide(instructor.client, id, 'refuse');
  assert.deepEqual(silent.expect(422).codes, { '/reason': 'required' });
  const blank = await decide(instructor.client, id, 'refuse', { reason: ' \n ' });
  assert.deepEqual(blank.expect(422).codes, { '/reason': 'required' });
  const reason = 'Le texte cité <b>ne suffit pas</b>.';
  const { body } = (await decide(instructor.client, id, 'refuse', { reason })).expect(201);
  assert.equal(body.outcome, 'refuse');
  assert.equal((await read(id)).state, 'refused');
  const mail = await server.mailbox.take({
    to: applicant.email,
    subject: new RegExp(`${number} refusée`),
  });
  assert.ok(mail.text.includes(reason));
  assert.ok(!mail.html.includes('<b>ne suffit'), 'markup is shown as text');
  assert.match(mail.html, /&lt;b&gt;ne suffit pas/);
  const listed = (await applicant.client.get(`/v1/requests/${id}/decisions`)).body.items;
  assert.equal(listed[0].decided_by, null, 'the applicant is not told who decided');
});

test('a_decision_by_a_program_names_the_program_to_all_and_the_person_to_the_staff_alone', async () => {
  const manager = await logInAs(server, {
    siret: SIRETS.INSEE,
    domain: 'insee.example',
    role: 'manager:api-entreprise',
  });
  const program = await createProgram(manager, {
    name: 'Tri des demandes',
    product: 'api-entreprise',
    scopes: ['requests:read', 'requests:write'],
  });
  const bearer = await accessTokenOf(server, program);
  const asProgram = server.client({ headers: { authorization: `Bearer ${bearer}` } });
  const { id } = await submit();
  const reason = 'Précisez le cadre juridique.';
  (await decide(asProgram, id, 'request_changes', { reason })).expect(201);
  const [forApplicant, forStaff] = await Promise.all(
    [applicant, instructor].map(async ({ client }) => ({
      decision: (await client.get(`/v1/requests/${id}/decisions`)).expect(200).body.items[0],
      event: (await client.get(`/v1/requests/${id}/events`)).expect(200).body.items[0],
    })),
  );
  for (const { decision, event } of [forApplicant, forStaff]) {
    assert.equal(decision.program, 'Tri des demandes');
    assert.deepEqual([event.event, event.program], ['request_changes', 'Tri des demandes']);
  }
  assert.equal(forStaff.decision.decided_by.email, manager.email);
  assert.equal(forStaff.event.actor.email, manager.email);
  assert.deepEqual([forApplicant.decision.decided_by, forApplicant.event.actor], [null, null]);
  const told = new RegExp(`${manager.email}|${manager.session.account.id}`);
  for (const path of ['', '/decisions', '/events', '/messages', '/changes']) {
    const { body } = (await applicant.client.get(`/v1/requests/${id}${path}`)).expect(200);
    assert.doesNotMatch(JSON.stringify(body), told, path);
  }
  const mail = await server.mailbox.take({ to: applicant.email, subject: /précisions/i });
  assert.doesNotMatch(mail.text + mail.html, told);
  const trail = `/v1/audit?action=request.request_changes&object_id=${id}`;
  const [entry] = (await manager.client.get(trail)).expect(200).body.items;
  assert.equal(entry.actor.email, manager.email);
  assert.equal(entry.details.client_id, program.id);
  const alone = await submit();
  (await decide(instructor.client, alone.id, 'refuse', { reason })).expect(201);
  const { items } = (await applicant.client.get(`/v1/requests/${alone.id}/decisions`)).body;
  assert.equal(items[0].program, null);
});

test('changes_are_requested_made_and_shown_to_the_instructor', async () => {
  const { id } = await submit();
  (await decide(instructor.client, id, 'request_changes', { reason: 'Précisez' })).expect(201);
  await saveRequest(applicant.client, id, { recipients: 'Le service des aides' });
  (await act(id, 'submission')).expect(200);
  const { body } = (await instructor.client.get(`/v1/requests/${id}/changes`)).expect(200);
  assert.deepEqual(body.changes, [
    { pointer: '/recipients', former: 'Les agents instructeurs', new: 'Le service des aides' },
  ]);
  const { items } = (await instructor.client.get(`/v1/requests/${id}/events`)).body;
  assert.deepEqual(
    items.map(({ event }) => event),
    ['submit', 'edit', 'request_changes', 'submit', 'edit', 'create'],
  );
  assert.deepEqual(items[0].changes, body.changes);
});

test('an_approval_creates_habilitation_and_token_and_mails_each_recipient_once', async () => {
  const { id, number } = await submit();
  const { body } = (
    await decide(instructor.client, id, 'approve', { message: 'Bienvenue' })
  ).expect(201);
  const request = await read(id);
  assert.equal(request.state, 'approved');
  assert.equal(body.habilitation_id, request.habilitation_id);
  const snapshot = (await applicant.client.get(`/v1/habilitations/${request.habilitation_id}`))
    .body;
  assert.equal(snapshot.content.title, request.title);
  assert.deepEqual(snapshot.scopes.toSorted(), request.scopes.toSorted());
  const mail = await server.mailbox.take({
    to: applicant.email,
    subject: new RegExp(`${number} acceptée`),
  });
  assert.ok(mail.text.includes('Bienvenue'));
  for (const local of ['direction', 'dpo', 'metier', 'technique']) {
    await server.mailbox.take({ to: `${local}@${domain}`, subject: new RegExp(number) });
  }
  assert.equal(await count('token', `request_id = '${id}'`), 1);
});

test('grants_fewer_scopes_than_requested_with_one_reason', async () => {
  const { id } = await submit({ scopes: ['chiffre_affaires_dgfip', 'cotisations_msa'] });
  const granted = ['cotisations_msa'];
  const silent = await decide(instructor.client, id, 'approve', { granted_scopes: granted });
  assert.deepEqual(silent.expect(422).codes, { '/reason': 'required' });
  const wrong = { granted_scopes: ['nothing', 'bilans_bdf'], reason: 'x' };
  assert.deepEqual((await decide(instructor.client, id, 'approve', wrong)).expect(422).codes, {
    '/granted_scopes/0': 'unknown_value',
  });
  const more = { granted_scopes: ['bilans_bdf'], reason: 'x' };
  assert.deepEqual((await decide(instructor.client, id, 'approve', more)).expect(422).codes, {
    '/granted_scopes/0': 'not_allowed',
  });
  const partial = { granted_scopes: granted, reason: 'Le chiffre d’affaires est inutile.' };
  const { body } = (await decide(instructor.client, id, 'approve', partial)).expect(201);
  assert.deepEqual(body.refused_scopes, ['chiffre_affaires_dgfip']);
  assert.ok(body.granted_scopes.includes('open_data_extrait_rcs_infogreffe'), 'open data always');
  const { token_id: token } = await read(id);
  const scopes = await server.database.sql(
    `select array_to_string(scopes, ' ') from token where id = '${token}'`,
  );
  assert.ok(scopes[0].includes('cotisations_msa') && !scopes[0].includes('chiffre_affaires'));
});

test('nobody_decides_for_an_organisation_they_belong_to', async () => {
  const insider = await logInAs(server, { domain, role: 'instructor:api-entreprise' });
  const { id } = await submit();
  (await decide(insider.client, id, 'approve')).expect(403);
  (await decide(insider.client, id, 'refuse', { reason: 'x' })).expect(403);
  assert.equal((await read(id)).state, 'submitted');
});

test('reporters_only_read_and_staff_of_other_products_see_nothing', async () => {
  const reporter = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'reporter:api-entreprise',
  });
  const other = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'instructor:api-particulier',
  });
  const { id } = await submit();
  assert.equal((await read(id, reporter.client)).view, 'full');
  (await decide(reporter.client, id, 'approve')).expect(403);
  (await reporter.client.post(`/v1/requests/${id}/notes`, { body: 'x' })).expect(403);
  (await other.client.get(`/v1/requests/${id}`)).expect(404);
  (await decide(other.client, id, 'approve')).expect(404);
  (await decide(applicant.client, id, 'approve')).expect(403);
});

test('refuses_decisions_that_the_state_does_not_allow', async () => {
  const { id } = await submit();
  (await decide(instructor.client, id, 'revoke', { reason: 'x' })).expect(409);
  (await decide(instructor.client, id, 'refuse', { reason: 'x' })).expect(201);
  for (const outcome of ['approve', 'refuse', 'request_changes', 'revoke']) {
    (await decide(instructor.client, id, outcome, { reason: 'x' })).expect(409);
  }
  (await decide(instructor.client, id, 'nothing')).expect(422);
  (await decide(instructor.client, id, 'approve', { grant: [] })).expect(422);
});

test('a_reopened_request_keeps_its_habilitation_and_token_until_the_next_approval', async () => {
  const { id } = await submit();
  (await decide(instructor.client, id, 'approve')).expect(201);
  const before = await read(id);
  const reopened = (await act(id, 'reopening')).expect(200).body;
  assert.equal(reopened.state, 'draft');
  assert.equal(reopened.reopened, true);
  assert.equal(reopened.terms_accepted, true, 'ticks included');
  assert.equal(reopened.habilitation_id, before.habilitation_id);
  (await act(id, 'submission')).expect(409);
  (await act(id, 'archival')).expect(409);
  await saveRequest(applicant.client, id, { title: 'Autre titre' });
  (await act(id, 'submission')).expect(200);
  (await decide(second.client, id, 'approve')).expect(201);
  const now = await read(id);
  assert.notEqual(now.habilitation_id, before.habilitation_id);
  assert.equal(now.token_id, before.token_id, 'the same token');
  assert.equal(now.reopened, false);
  const states = (await applicant.client.get(`/v1/habilitations?request_id=${id}`)).body.items;
  assert.deepEqual(
    states.map(({ state }) => state),
    ['active', 'superseded'],
  );
});

test('a_refused_reopening_restores_the_approved_version', async () => {
  const { id } = await submit();
  (await decide(instructor.client, id, 'approve')).expect(201);
  const { title } = await read(id);
  (await act(id, 'reopening')).expect(200);
  await saveRequest(applicant.client, id, { title: 'Autre titre' });
  (await act(id, 'submission')).expect(200);
  (await decide(instructor.client, id, 'refuse', { reason: 'Non' })).expect(201);
  const now = await read(id);
  assert.equal(now.state, 'approved');
  assert.equal(now.title, title);
  assert.equal(await count('token', `request_id = '${id}' and revoked_at is null`), 1);
});

test('a_reopening_is_cancelled_by_its_applicant_or_with_a_reason_by_an_instructor', async () => {
  const { id } = await submit();
  const cancel = (client, body) => cancelReopening(client, id, body);
  (await decide(instructor.client, id, 'approve')).expect(201);
  (await cancel(applicant.client)).expect(409);
  (await act(id, 'reopening')).expect(200);
  await saveRequest(applicant.client, id, { title: 'Autre titre' });
  const back = (await cancel(applicant.client)).expect(200).body;
  assert.equal(back.state, 'approved');
  assert.notEqual(back.title, 'Autre titre');
  (await act(id, 'reopening')).expect(200);
  await saveRequest(applicant.client, id, { title: 'Autre titre' });
  (await act(id, 'submission')).expect(200);
  (await cancel(applicant.client)).expect(409);
  (await cancel(instructor.client)).expect(422);
  (await cancel(instructor.client, { reason: 'Erreur' })).expect(200);
  assert.equal((await read(id)).state, 'approved');
});

test('a_revocation_ends_the_token_and_mails_applicant_and_contacts', async () => {
  const { id, number } = await submit();
  (await decide(instructor.client, id, 'approve')).expect(201);
  (await decide(instructor.client, id, 'revoke')).expect(422);
  (await decide(instructor.client, id, 'revoke', { reason: 'Fin du marché' })).expect(201);
  assert.equal((await read(id)).state, 'revoked');
  assert.equal(await count('token', `request_id = '${id}' and revoked_at <= now()`), 1);
  const revoked = new RegExp(`${number}.*révoquée`);
  await server.mailbox.take({ to: applicant.email, subject: revoked });
  await server.mailbox.take({ to: `dpo@${domain}`, subject: revoked });
});

test('a_revocation_during_a_reopening_mails_the_contacts_of_the_habilitation', async () => {
  const { id } = await submit();
  (await decide(instructor.client, id, 'approve')).expect(201);
  const { title } = await read(id);
  (await act(id, 'reopening')).expect(200);
  const changed = { title: 'Autre titre', contacts: { technical: { email: `neuf@${domain}` } } };
  await saveRequest(applicant.client, id, changed);
  (await decide(instructor.client, id, 'revoke', { reason: 'Fin du marché' })).expect(201);
  const told = await server.database.sql(
    `select recipient from outbox where template = 'request_contact_revoked' and created_at = (select max(at) from decision where request_id = '${id}') order by 1`,
  );
  const people = ['direction', 'dpo', 'metier', 'technique'].map((one) => `${one}@${domain}`);
  assert.deepEqual(told, people);
  const mail = await server.mailbox.take({ to: people[3], subject: /révoquée/ });
  assert.ok(mail.text.includes(`> ${title}`), 'what was granted, not what was being written');
});

test('instructors_are_mailed_a_submission_unless_they_opted_out', async () => {
  const { number } = await submit();
  const mail = await server.mailbox.take({
    to: instructor.email,
    subject: new RegExp(`${number} à instruire`),
  });
  assert.match(mail.raw, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m);
  const url = /<([^>]+)>/.exec(
    /^List-Unsubscribe:\s*(\S+(?:\r?\n\s+\S+)*)/m.exec(mail.raw)[1].replaceAll(/\s/g, ''),
  )[1];
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
  assert.ok(answer.ok, `${url}: ${answer.status}`);
  const next = await submit();
  await server.mailbox.take({
    to: second.email,
    subject: new RegExp(`${next.number} à instruire`),
  });
  const told = `template = 'request_to_instruct' and recipient = '${instructor.email}'`;
  const after = await count(
    'outbox',
    `${told} and created_at > (select first_submitted_at - interval '1 second' from request where id = '${next.id}') and created_at >= (select submitted_at from request where id = '${next.id}')`,
  );
  assert.equal(after, 0);
});

test('shows_the_mail_before_it_is_sent', async () => {
  const { id } = await submit();
  const path = `/v1/requests/${id}/decision-preview`;
  const decision = { outcome: 'refuse', reason: 'Texte insuffisant' };
  const { body } = (await instructor.client.post(path, decision)).expect(200);
  assert.deepEqual(body.to, [applicant.email]);
  assert.match(body.text, /> Texte insuffisant/);
  assert.equal((await read(id)).state, 'submitted');
  (await instructor.client.post(path, { outcome: 'refuse' })).expect(422);
  (await applicant.client.post(path, decision)).expect(403);
});

test('a_replayed_decision_is_one_decision', async () => {
  const { id } = await submit();
  const options = { idempotencyKey: 'decision-1' };
  const first = (await decide(instructor.client, id, 'approve', {}, options)).expect(201);
  const again = (await decide(instructor.client, id, 'approve', {}, options)).expect(201);
  assert.deepEqual(again.body, first.body);
  assert.equal(await count('decision', `request_id = '${id}'`), 1);
  (await decide(instructor.client, id, 'approve', { message: 'x' }, options)).expect(422);
});

test('a_decision_is_bound_to_the_version_that_was_read', async () => {
  const { id } = await submit();
  const { etag } = await instructor.client.get(`/v1/requests/${id}`);
  const post = (options) =>
    instructor.client.post(`/v1/requests/${id}/decisions`, { outcome: 'approve' }, options);
  (await post({})).expect(428);
  (await post({ etag: '*' })).expect(428);
  (await post({ etag: '"0"' })).expect(412);
  (await post({ etag: '3' })).expect(400);
  (await second.client.put(`/v1/requests/${id}/assignee`, { account_id: null })).expect(200);
  const late = (await post({ etag })).expect(412);
  assert.match(late.body.detail, /a changé depuis/);
  assert.equal(await count('decision', `request_id = '${id}'`), 0);
  // Who may not decide is told so, whatever they read.
  (
    await applicant.client.post(`/v1/requests/${id}/decisions`, { outcome: 'approve' }, { etag })
  ).expect(403);
  (await decide(instructor.client, id, 'approve')).expect(201);
});

test('a_reopening_is_cancelled_as_it_was_read', async () => {
  const { id } = await submit();
  (await decide(instructor.client, id, 'approve')).expect(201);
  (await act(id, 'reopening')).expect(200);
  const { etag } = await instructor.client.get(`/v1/requests/${id}`);
  await saveRequest(applicant.client, id, { title: 'Autre titre' });
  const cancel = ({ client }, options) =>
    client.request('DELETE', `/v1/requests/${id}/reopening`, { reason: 'Erreur' }, options);
  for (const person of [instructor, applicant]) {
    (await cancel(person)).expect(428);
    (await cancel(person, { etag: '*' })).expect(428);
    (await cancel(person, { etag: '"0"' })).expect(412);
    (await cancel(person, { etag })).expect(412);
  }
  assert.equal((await read(id)).title, 'Autre titre');
});

// To the applicant and the four contacts, each once.
const APPROVAL_MAILS = [
  'request_approved',
  'request_contact_notice',
  'request_contact_notice',
  'request_rgpd_notice',
  'request_rgpd_notice',
  'token_ready',
  'token_ready',
];
const DUELS = process.env.GUICHET_TEST_FULL === '1' ? 200 : 12;
test('of_two_concurrent_decisions_exactly_one_succeeds', async () => {
  for (let round = 0; round < DUELS; round += 1) {
    const { id } = await submit();
    const other = round % 2 === 0 ? ['approve', {}] : ['refuse', { reason: 'Non' }];
    const { etag } = await instructor.client.get(`/v1/requests/${id}`);
    const [outcome, members] = other;
    const answers = await Promise.all([
      decide(instructor.client, id, 'approve', {}, { etag }),
      decide(second.client, id, outcome, members, { etag }),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 412]);
    const { state } = await read(id);
    const approved = state === 'approved' ? 1 : 0;
    assert.equal(await count('decision', `request_id = '${id}'`), 1);
    assert.equal(await count('habilitation', `request_id = '${id}'`), approved);
    assert.equal(await count('token', `request_id = '${id}'`), approved);
    const mails = await server.database.sql(
      `select template from outbox where created_at = (select at from decision where request_id = '${id}') order by 1`,
    );
    assert.deepEqual(mails, approved ? APPROVAL_MAILS : ['request_refused']);
    assert.equal(
      await count(
        'audit',
        `subject_id = '${id}' and action in ('request.approve', 'request.refuse')`,
      ),
      1,
    );
    assert.equal(
      await count('request_event', `request_id = '${id}' and event in ('approve', 'refuse')`),
      1,
    );
  }
});

test('the_database_refuses_transitions_that_are_not_in_the_table', async () => {
  const { id } = await submit();
  await assert.rejects(
    server.database.sql(
      `update request set state = 'archived', last_event = 'archive' where id = '${id}'`,
    ),
  );
  await assert.rejects(
    server.database.sql(
      `update request set state = 'approved', last_event = 'submit' where id = '${id}'`,
    ),
  );
});

test('program_and_database_have_the_same_table_of_transitions', async () => {
  const diagram = await server.command(['print-workflow']);
  const drawn = [...diagram.matchAll(/^ {4}(\S+) --> (\S+): (\w+)/gm)]
    .filter(([, , , event]) => event !== 'delete')
    .map(([, from, to, event]) => `${event}\t${from === '[*]' ? 'none' : from}\t${to}`);
  const kept = await server.database.sql(
    'select event, from_state, to_state from request_transition',
  );
  assert.deepEqual([...new Set(drawn)].toSorted(), kept.toSorted());
});

test('a_draft_cannot_be_approved', async () => {
  const { body } = await createRequest(applicant.client);
  (await decide(instructor.client, body.id, 'approve')).expect(404);
});
