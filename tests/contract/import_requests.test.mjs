// What DataPass granted, taken over by `guichet import-requests`: what applicants, staff, strangers and statistics see of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAccount, logInAs, PASSWORD } from '../support/accounts.mjs';
import { mailsDone, webhooksDone } from '../support/barrier.mjs';
import { demande, formData, Import, newId, revokedDemande } from '../support/datapass.mjs';
import { runJob } from '../support/jobs.mjs';
import { decide, saveRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const SIRET = SIRETS.RENNES;
const CALL = `/gateway/api-entreprise/v3/dgfip/etablissements/13002526500013/chiffres_affaires?${ASKED}`;

let server;
let instructor;
let admin;
let datapass;
before(async () => {
  server = await startServer();
  instructor = await logInAs(server, { siret: SIRETS.DINUM, role: 'instructor:api-entreprise' });
  admin = await logInAs(server, { siret: SIRETS.INSEE, role: 'admin' });
  datapass = new Import(server, instructor);
});
after(() => server.stop());

const run = (rows, ...options) => datapass.run(rows, ...options);
const take = (rows, ...options) => datapass.take(rows, ...options);
const find = (number, client) => datapass.find(number, client);
const comeAs = (email) => datapass.comeAs(email);
const count = () => datapass.count();

// --- what is taken over -------------------------------------------------------------------------

test('a_habilitation_is_taken_over_with_all_it_says', async () => {
  const id = newId();
  const stdout = await take([demande(id, SIRET)]);
  assert.match(stdout, /; 1 accounts created, 1 tokens created$/m);
  const client = await comeAs(`demandeur-${id}@mairie.example`);
  const request = await find(id, client);
  const { number, contacts, scopes, ...seen } = request;
  assert.match(number, /^D\d+$/);
  assert.deepEqual(
    {
      state: seen.state,
      use_case: seen.use_case,
      siret: seen.siret,
      organisation: seen.organisation.name,
      applicant: seen.applicant.family_name,
      title: seen.title,
      description: seen.description,
      legal_basis: seen.legal_basis,
      recipients: seen.recipients,
      retention_months: seen.retention_months,
      retention_justification: seen.retention_justification,
      expected_volume: seen.expected_volume,
      production_date: seen.production_date,
      dates: [seen.created_at, seen.submitted_at, seen.decided_at],
    },
    {
      state: 'approved',
      use_case: 'marches-publics',
      siret: SIRET,
      organisation: 'Rennes',
      applicant: 'Faure',
      title: 'Candidatures aux marchés de la ville',
      description: 'Nos acheteurs vérifient 300 candidatures par an.',
      legal_basis: {
        text: 'R2143-13 Code de la commande publique',
        url: 'https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000037730589',
      },
      recipients: 'Le service des achats',
      retention_months: 60,
      retention_justification: 'Le délai de recours.',
      expected_volume: 1200,
      production_date: '2022-03-31',
      dates: ['2022-01-10T08:00:00.000Z', '2022-01-12T09:30:00.000Z', '2022-01-20T15:45:00.000Z'],
    },
  );
  const person = { kind: 'person', job_title: 'Direction des achats', phone: '01 99 00 12 34' };
  assert.deepEqual(contacts, {
    data_controller: contactOf(person, 'Simone', 'Aubert'),
    data_protection_officer: contactOf(person, 'Malik', 'Roche'),
    business: contactOf(person, 'Inès', 'Vidal'),
    technical: {
      kind: 'organisation',
      given_name: null,
      family_name: null,
      job_title: null,
      email: 'exploitation@logiciel.example',
      phone: '01 99 00 55 66',
    },
  });
  assert.deepEqual(
    scopes.filter((scope) => !scope.startsWith('open_data_')),
    formData().scopes,
  );
  assert.equal(scopes.filter((scope) => scope.startsWith('open_data_')).length, 13);
  const { imported_at: importedAt, ...former } = request.former;
  assert.deepEqual(former, {
    system: 'DataPass',
    number: String(id),
    habilitation_number: String(id + 50_000),
  });
  assert.ok(Date.parse(importedAt) > Date.now() - 60_000);
  // The terms of this program are accepted here, or not at all.
  assert.deepEqual([request.terms_accepted, request.terms_version], [false, 'DataPass']);
});

function contactOf(person, givenName, familyName) {
  const email = `${familyName.toLowerCase()}@mairie.example`;
  return { ...person, given_name: givenName, family_name: familyName, email };
}

test('the_decision_is_that_of_the_former_system_and_nobodys_here', async () => {
  const id = newId();
  await take([demande(id, SIRET)]);
  const { id: request } = await find(id);
  for (const { client } of [instructor, admin]) {
    const { body } = (await client.get(`/v1/requests/${request}/decisions`)).expect(200);
    assert.deepEqual(
      body.items.map((d) => [d.outcome, d.decided_at, d.former_system, d.decided_by]),
      [['approve', '2022-01-20T15:45:00.000Z', 'DataPass', null]],
    );
  }
  const client = await comeAs(`demandeur-${id}@mairie.example`);
  const { body: history } = (await client.get(`/v1/requests/${request}/events`)).expect(200);
  assert.deepEqual(
    history.items.map((e) => [e.event, e.to_state, e.actor]),
    [['import', 'approved', null]],
  );
  const { body: own } = (await client.get('/v1/account/export')).expect(200);
  assert.deepEqual(own.decisions, []);
});

test('the_habilitation_is_dated_as_it_was_and_its_document_can_be_read', async () => {
  const id = newId();
  await take([demande(id, SIRET)]);
  const { id: request, habilitation_id: habilitation } = await find(id);
  const client = await comeAs(`demandeur-${id}@mairie.example`);
  const { body } = (await client.get(`/v1/habilitations/${habilitation}`)).expect(200);
  assert.deepEqual(
    [body.state, body.request_id, body.approved_at, body.siret],
    ['active', request, '2022-01-20T15:45:00.000Z', SIRET],
  );
  assert.deepEqual(body.scopes.toSorted(), (await find(id)).scopes.toSorted());
  const pdf = (await client.get(`/v1/habilitations/${habilitation}/document`)).expect(200);
  assert.match(pdf.headers['content-type'], /pdf/);
});

test('who_is_not_concerned_sees_nothing_of_it', async () => {
  const id = newId();
  await take([demande(id, SIRET)]);
  const { id: request, habilitation_id: habilitation, token_id: token } = await find(id);
  const stranger = await logInAs(server, { siret: SIRETS.LYON });
  const paths = [`requests/${request}`, `habilitations/${habilitation}`, `tokens/${token}`];
  for (const path of paths) (await stranger.client.get(`/v1/${path}`)).expect(404);
  const { body } = (await stranger.client.get(`/v1/requests?q=D${id}`)).expect(200);
  assert.deepEqual(body.items, []);
  const colleague = await logInAs(server, { siret: SIRET });
  (await colleague.client.get(`/v1/requests/${request}`)).expect(200);
});

test('its_former_numbers_find_it', async () => {
  const id = newId();
  await take([demande(id, SIRET)]);
  const { id: request } = await find(id);
  for (const words of [`D${id}`, String(id), `H${id + 50_000}`, `datapass ${id}`]) {
    const { body } = (
      await instructor.client.get(`/v1/requests?q=${encodeURIComponent(words)}`)
    ).expect(200);
    assert.deepEqual(
      body.items.map((item) => item.id),
      [request],
      words,
    );
  }
});

test('the_applicant_reveals_a_token_that_opens_what_was_granted', async () => {
  const id = newId();
  await take([demande(id, SIRET)]);
  const { token_id: token } = await find(id);
  const client = await comeAs(`demandeur-${id}@mairie.example`);
  const { body: seen } = (await client.get(`/v1/tokens/${token}`)).expect(200);
  const months = (Date.parse(seen.expires_at) - Date.now()) / (30.4375 * 86_400_000);
  assert.ok(Math.abs(months - 18) < 0.2, seen.expires_at);
  const { body } = (await client.post(`/v1/tokens/${token}/reveal`)).expect(200);
  (await server.client().get(CALL, { bearer: body.token })).expect(200);
  const effectifs = CALL.replace(
    /v3.*\?/,
    'v3/gip_mds/unites_legales/130025265/effectifs_annuels/2023?',
  );
  const refused = await server.client().get(effectifs, { bearer: body.token });
  assert.notEqual(refused.status, 200);
});

test('a_person_who_has_an_account_keeps_it', async () => {
  const own = await createAccount(server, { siret: SIRETS.LYON, givenName: 'Zoé' });
  const id = newId();
  const applicant = { id: 7, email: own.email.toUpperCase(), given_name: null, family_name: null };
  const stdout = await take([demande(id, SIRET, { applicant })]);
  assert.match(stdout, /; 0 accounts created/);
  const client = server.client();
  const { body } = await client.logIn(own.email, PASSWORD);
  assert.equal(body.account.given_name, 'Zoé');
  assert.deepEqual(
    body.memberships.map(({ siret, state }) => [siret, state]).toSorted(),
    [
      [SIRET, 'active'],
      [SIRETS.LYON, 'active'],
    ].toSorted(),
  );
  assert.equal((await find(id, client)).applicant.given_name, 'Zoé');
});

test('nobody_is_told_neither_people_nor_programs', async () => {
  const manager = await logInAs(server, { siret: SIRETS.PARIS, role: 'manager:api-entreprise' });
  const id = newId();
  const before = await server.database.sql('select count(*) from webhook_event');
  const mails = (await server.mailbox.list()).length;
  await take([demande(id, SIRET), revokedDemande(newId(), SIRET, 'Fin de mission.')]);
  await mailsDone(server);
  await webhooksDone(server);
  assert.equal((await server.mailbox.list()).length, mails);
  assert.deepEqual(await server.database.sql('select count(*) from webhook_event'), before);
  assert.equal((await find(id, manager.client)).unread_messages, 0);
});

test('the_audit_says_that_it_was_imported_and_by_whom', async () => {
  const id = newId();
  await take([demande(id, SIRET)], `--by=${admin.email}`);
  const { id: request } = await find(id);
  const { body } = (await admin.client.get(`/v1/audit?object_id=${request}`)).expect(200);
  const [entry] = body.items;
  assert.deepEqual(
    [body.items.length, entry.action, entry.actor, entry.product],
    [1, 'request.import', null, 'api-entreprise'],
  );
  const [by] = await server.database.sql(`select id from account where email = '${admin.email}'`);
  assert.deepEqual(entry.details, { former_number: String(id), run_by: by });
  const unknown = await run([demande(newId(), SIRET)], '--by=personne@mairie.example');
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /--by: no active account/);
});

test('it_is_reopened_changed_and_approved_like_any_other', async () => {
  const id = newId();
  const own = await createAccount(server, { siret: SIRET });
  const applicant = { id: 7, email: own.email, given_name: 'A', family_name: 'B' };
  await take([demande(id, SIRET, { applicant })]);
  const client = server.client();
  await client.logIn(own.email, PASSWORD);
  const { id: request, token_id: token, habilitation_id: former } = await find(id, client);
  (await client.post(`/v1/requests/${request}/reopening`)).expect(200);
  await saveRequest(client, request, {
    scopes: ['unites_legales_etablissements_insee', 'attestation_fiscale_dgfip'],
    scope_justifications: {},
    terms_accepted: true,
    dpo_informed: true,
  });
  const sent = await client.post(`/v1/requests/${request}/submission`);
  sent.expect(200);
  // The instructor reads what differs from what was granted there.
  const { body: since } = (await instructor.client.get(`/v1/requests/${request}/changes`)).expect(
    200,
  );
  assert.deepEqual(
    since.changes.map((change) => change.pointer).filter((pointer) => pointer === '/scopes'),
    ['/scopes'],
  );
  assert.ok(!since.changes.some(({ pointer }) => pointer === '/title'));
  (await decide(instructor.client, request, 'approve')).expect(201);
  const now = await find(id, client);
  assert.equal(now.token_id, token);
  assert.notEqual(now.habilitation_id, former);
  assert.equal(now.former.number, String(id));
  const { body } = (await client.get(`/v1/habilitations/${former}`)).expect(200);
  assert.equal(body.state, 'superseded');
  // What was taken over once is not taken over anew.
  const again = await run([demande(id, SIRET, { applicant })]);
  assert.match(again.stdout, /^0 requests taken over, 1 already there, 0 changed/m);
});

// --- states -------------------------------------------------------------------------------------

test('what_was_revoked_is_revoked_here_with_its_reason_and_without_a_token', async () => {
  const id = newId();
  await take([revokedDemande(id, SIRET, 'La mission a pris fin.')]);
  const request = await find(id);
  assert.deepEqual(
    [request.state, request.token_id, request.decided_at],
    ['revoked', null, '2023-06-01T06:00:00.000Z'],
  );
  const { body } = (await instructor.client.get(`/v1/requests/${request.id}/decisions`)).expect(
    200,
  );
  assert.deepEqual(
    body.items.map((d) => [d.outcome, d.reason, d.decided_at, d.former_system]).toSorted(),
    [
      ['approve', null, '2022-01-20T15:45:00.000Z', 'DataPass'],
      ['revoke', 'La mission a pris fin.', '2023-06-01T06:00:00.000Z', 'DataPass'],
    ],
  );
  const { body: list } = (
    await instructor.client.get(`/v1/habilitations?request_id=${request.id}`)
  ).expect(200);
  assert.deepEqual(
    list.items.map((h) => h.state),
    ['revoked'],
  );
});

test('what_was_never_granted_is_not_taken_over_and_said', async () => {
  const states = ['draft', 'submitted', 'changes_requested', 'refused', 'archived'];
  const rows = states.map((state) =>
    demande(newId(), SIRET, { state, habilitations: [], last_validated_at: null }),
  );
  rows.push(demande(newId(), SIRET, { state: 'archived' }));
  states.push('archived');
  const before = await count();
  const { code, stdout } = await datapass.runLines(rows);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^0 requests taken over, .* 6 not taken over, 0 rows refused/m);
  states.forEach((state, i) => {
    assert.ok(stdout.includes(`row ${i + 1}, state: `) && stdout.includes(`« ${state} »`), stdout);
  });
  assert.match(stdout, /row 5, state: .*, sans habilitation, n’est pas reprise/);
  assert.match(stdout, /row 6, state: .*, même avec une habilitation, n’est pas reprise/);
  assert.deepEqual(await count(), before);
});

test('of_a_reopened_request_what_was_granted_counts', async () => {
  const id = newId();
  const granted = formData({ intitule: 'Ce qui a été accordé' });
  const row = demande(id, SIRET, { data: granted, state: 'draft', reopening: true });
  row.data = formData({ intitule: 'Ce qui change', scopes: ['bilans_bdf'] });
  row.last_submitted_at = '2023-02-01T00:00:00.000+01:00';
  const stdout = await take([row]);
  assert.match(stdout, /row 1, reopening: .*n’est pas reprise/);
  const request = await find(id);
  assert.deepEqual([request.state, request.title], ['approved', 'Ce qui a été accordé']);
  assert.ok(!request.scopes.includes('bilans_bdf'));
  assert.equal(request.submitted_at, '2022-01-20T15:45:00.000Z');
});

test('of_several_habilitations_the_last_one_is_taken_over', async () => {
  const id = newId();
  const row = demande(id, SIRET);
  const [last] = row.habilitations;
  const older = {
    ...last,
    id: last.id - 1,
    state: 'obsolete',
    created_at: '2021-05-02T00:00:00.000+02:00',
    data: formData({ intitule: 'Avant' }),
  };
  row.habilitations = [last, older];
  const stdout = await take([row]);
  assert.match(stdout, /row 1, habilitations: Seule la dernière/);
  const request = await find(id);
  assert.equal(request.title, 'Candidatures aux marchés de la ville');
  assert.equal(request.former.habilitation_number, String(last.id));
});

test('an_export_without_habilitations_is_read_by_the_request_itself', async () => {
  const id = newId();
  const { habilitations, events, ...row } = demande(id, SIRET);
  assert.ok(habilitations && events);
  await take([row]);
  const request = await find(id);
  assert.deepEqual(
    [request.state, request.decided_at, request.former.habilitation_number],
    ['approved', '2022-01-20T15:45:00.000Z', null],
  );
});

test('empty_data_of_a_habilitation_are_as_none', async () => {
  for (const data of [null, {}, { intitule: '', description: null, scopes: [] }]) {
    const id = newId();
    await take([demande(id, SIRET, { habilitation: { data } })]);
    const request = await find(id);
    assert.equal(request.title, 'Candidatures aux marchés de la ville');
    assert.ok(request.scopes.includes('associations_djepva'));
    const { code, stdout } = await run([demande(newId(), SIRET, { data })]);
    assert.equal(code, 1);
    assert.match(stdout, /^row 1, data: Les données de l’habilitation manquent/m);
    assert.match(stdout, /^0 requests taken over, .* 1 rows refused/m);
  }
});

test('a_decision_before_the_creation_of_its_request_is_refused', async () => {
  const habilitation = { created_at: '2022-01-10T08:59:59.000+01:00' };
  const { code, stdout } = await run([demande(newId(), SIRET, { habilitation })]);
  assert.equal(code, 1);
  assert.match(stdout, /^row 1, habilitations\/created_at: .*\(created_at\)/m);
  const at = '2022-01-10T09:00:00.000+01:00';
  await take([demande(newId(), SIRET, { habilitation: { created_at: at } })]);
});

// --- what looks at dates ------------------------------------------------------------------------

test('statistics_and_open_data_know_its_own_dates', async () => {
  const id = newId();
  const month = new Date(Date.now() - 62 * 86_400_000);
  const day = (days) => new Date(month.getTime() - days * 86_400_000).toISOString();
  const bucket = (body, at) => body.months.find((m) => m.month === at.slice(0, 7));
  const before = (await server.client().get('/v1/statistics')).expect(200).body;
  await take([
    demande(id, SIRET, {
      created_at: day(3),
      last_submitted_at: day(2),
      habilitation: { created_at: day(0) },
    }),
  ]);
  await waitFor('the statistics', async () => {
    const { body } = await server.client().get('/v1/statistics');
    return body.active_habilitations === before.active_habilitations + 1;
  });
  const { body: now } = (await server.client().get('/v1/statistics')).expect(200);
  const decided = bucket(now, day(0));
  assert.equal(decided.approvals, bucket(before, day(0)).approvals + 1);
  assert.equal(bucket(now, day(2)).submissions, bucket(before, day(2)).submissions + 1);
  const today = new Date().toISOString();
  assert.equal(bucket(now, today).approvals, bucket(before, today).approvals);
  const { habilitation_id: habilitation } = await find(id);
  const { body } = await instructor.client.get(`/v1/habilitations/${habilitation}`);
  const { body: text } = (await server.client().get('/v1/open-data/habilitations.csv')).expect(200);
  const row = text.split('\r\n').find((line) => line.startsWith(`${body.number},`));
  assert.ok(row.endsWith(`,${new Date(day(0)).toISOString()}`), row);
});

test('no_job_deletes_or_reminds_of_what_was_taken_over', async () => {
  const ids = [newId(), newId()];
  await take([demande(ids[0], SIRET), revokedDemande(ids[1], SIRET, 'Fin.')]);
  const mails = (await server.mailbox.list()).length;
  for (const kind of ['stale_requests', 'closed_requests', 'inactive_accounts']) {
    await runJob(server, kind);
  }
  await mailsDone(server);
  assert.equal((await server.mailbox.list()).length, mails);
  assert.equal((await find(ids[0])).state, 'approved');
  assert.equal((await find(ids[1])).state, 'revoked');
});
