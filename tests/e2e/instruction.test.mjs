// Applicant and instructor, from the first look at a file to the end of its habilitation.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { launchBrowser, openPage } from '../support/browser.mjs';
import {
  cast,
  decide as decideBy,
  draftRequest,
  saveRequest,
  submitRequest,
} from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { decide, follow, look, openAs, ready, visit } from './steps.mjs';

const TEMPLATES = '/v1/products/api-entreprise/templates';
let server;
let browser;
let applicant;
let instructor;
let domain;
let desk; // the instructor's page
let page; // the applicant's

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  ({ applicant, instructor, domain } = await cast(server));
  [desk, page] = [
    await openAs(browser, server, instructor),
    await openAs(browser, server, applicant),
  ];
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const submit = (title, scopes) =>
  submitRequest(applicant.client, { domain, scopes, patch: { title } });
const atDesk = ({ id, title }) => visit(desk, `/instruction/${id}`, title);
const stateOf = async ({ id }) => (await applicant.client.get(`/v1/requests/${id}`)).body.state;

async function confirm(on, name) {
  await on.getByRole('button', { name, exact: true }).press('Enter');
  await on.getByRole('dialog').getByRole('button', { name, exact: true }).press('Enter');
}

/** The request, its product, notes, checks, changes, the organisation's other requests, the next file. */
const FILE_REQUESTS_MAX = 7;

test('a_request_opens_by_seven_calls_and_loads_its_tabs_on_demand', async () => {
  const request = await submit('Un dossier de plus', ['attestation_fiscale_dgfip']);
  await visit(desk, '/aide', 'Aide');
  const asked = [];
  const note = (each) => {
    const { pathname } = new URL(each.url());
    if (pathname.startsWith('/v1/')) asked.push(pathname.split('/').at(-1));
  };
  desk.on('request', note);
  await follow(desk, `/instruction/${request.id}`);
  await ready(desk, request.title);
  assert.ok(asked.length <= FILE_REQUESTS_MAX, String(asked));
  for (const [tab, part, content] of [
    ['Messages', 'messages', 'Votre message'],
    ['Historique', 'events', 'envoyé'],
  ]) {
    assert.ok(!asked.includes(part));
    await desk.getByRole('tab', { name: tab }).press('Enter');
    await desk.getByRole('tabpanel').getByText(content).first().waitFor();
    assert.equal(asked.filter((each) => each === part).length, 1);
  }
  desk.off('request', note);
});

test('a_refusal_starts_from_a_template_and_ends_in_an_archive', async () => {
  const manager = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'manager:api-entreprise',
  });
  const body = 'Le texte cité est trop <i>général</i>.';
  const template = { outcome: 'refuse', name: 'Cadre insuffisant', body };
  (await manager.client.post(TEMPLATES, template)).expect(201);
  const request = await submit('Étude à refuser');
  await atDesk(request);
  await desk.keyboard.press('d');
  await desk.getByRole('radio', { name: 'Refuser la demande' }).check();
  await desk.getByLabel('Modèle de texte').selectOption({ label: 'Cadre insuffisant' });
  assert.equal(await desk.getByLabel(/^Motif/).inputValue(), body);
  await decide(desk, 'Refuser la demande');
  await desk.getByText('✕ refusée').first().waitFor();

  await visit(page, `/demandes/${request.id}`, request.title);
  await page.getByText('Demande refusée.').waitFor();
  await page.getByText(body, { exact: true }).waitFor();
  await look(page);
  await confirm(page, 'Archiver');
  await page.getByText('Demande archivée').waitFor();
  await visit(page, '/demandes', 'Mes demandes');
  assert.equal(await page.getByRole('link', { name: request.title }).count(), 0);
});

test('changes_are_requested_made_and_marked_and_messages_are_counted', async () => {
  const request = await submit('Précisions utiles');
  await atDesk(request);
  await decide(desk, 'Demander des modifications', { reason: 'Précisez les destinataires.' });

  await visit(page, `/demandes/${request.id}`, request.title);
  await page.getByText('Précisez les destinataires.').waitFor();
  await page.getByRole('tab', { name: 'Messages' }).press('Enter');
  await page.getByLabel('Votre message').fill('Lesquels <b>exactement</b> ?');
  await page.getByRole('button', { name: 'Envoyer le message' }).press('Enter');
  await page.locator('.message').getByText('Lesquels <b>exactement</b> ?').waitFor();

  await visit(desk, '/instruction?etat=changes_requested', 'Instruction');
  await desk.getByText('un message non lu').waitFor();
  await look(desk);
  await desk.getByRole('link', { name: 'Clamart' }).first().press('Enter');
  await ready(desk, request.title);
  await desk.keyboard.press('m');
  await desk.getByText('Lesquels <b>exactement</b> ?').waitFor();
  await desk.getByLabel('Votre message').fill('Le service des aides.');
  await desk.getByRole('button', { name: 'Envoyer le message' }).press('Enter');
  await desk.locator('.message-staff').getByText('Le service des aides.').waitFor();
  await desk.getByLabel('Nouvelle note').fill('À revoir avec la juriste.');
  await desk.getByRole('button', { name: 'Ajouter la note' }).press('Enter');
  await desk.locator('.notes').getByText('À revoir avec la juriste.').waitFor();

  await visit(page, '/demandes', 'Mes demandes');
  await page.getByText('un message non lu').waitFor();
  await visit(page, `/demandes/${request.id}/formulaire?etape=personal_data`, /données/);
  await page.getByLabel('Destinataires').fill('Le service des aides');
  await page.getByText(/^Enregistré à/).waitFor();
  await visit(page, `/demandes/${request.id}/formulaire?etape=verification`, 'Vérifier et envoyer');
  await page.getByRole('button', { name: 'Envoyer la demande' }).press('Enter');
  await page.getByText('Votre demande est envoyée').waitFor();

  await atDesk(request);
  await desk.getByText('Un point a changé depuis').waitFor();
  await desk.getByText('modifié', { exact: true }).waitFor();
  await desk.getByText('Avant : Les agents instructeurs').waitFor();
  await look(desk);
});

test('a_partial_approval_is_reopened_cancelled_reopened_and_revoked', async () => {
  const scopes = ['chiffre_affaires_dgfip', 'cotisations_msa'];
  const request = await submit('Aides aux entreprises', scopes);
  await atDesk(request);
  const without = /Chiffre d.affaires/;
  await decide(desk, 'Accepter la demande', { without, reason: 'Donnée inutile ici.' });
  await visit(page, `/demandes/${request.id}`, request.title);
  await page.getByText(/Une donnée demandée n’a pas été accordée.*Donnée inutile ici/).waitFor();

  await page.getByRole('tab', { name: 'Habilitations' }).press('Enter');
  await page.getByText('✓ en vigueur').waitFor();
  await look(page);
  await page.getByRole('link', { name: /^H\d+$/ }).press('Enter');
  await ready(page, /^Habilitation H/);
  assert.equal(await page.getByText(without).count(), 0, 'what was not granted');
  await look(page);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /^Télécharger H/ }).press('Enter'),
  ]);
  assert.equal((await readFile(await file.path())).subarray(0, 5).toString(), '%PDF-');
  const confirmation = await page.locator('a[href^="/confirmation/"]').getAttribute('href');

  await visit(page, `/demandes/${request.id}`, request.title);
  await confirmReopening();
  await page.getByLabel('Nom du projet').fill('Un autre nom');
  await page.getByText(/^Enregistré à/).waitFor();
  await visit(page, `/demandes/${request.id}`, 'Un autre nom');
  await confirm(page, 'Annuler la modification');
  await ready(page, request.title);
  await confirmReopening();

  await atDesk(request);
  await desk.getByRole('button', { name: 'Annuler la modification' }).waitFor();
  await decide(desk, 'Révoquer l’habilitation', { reason: 'Le service a fermé.' });
  await desk.getByText('⊘ révoquée').first().waitFor();
  await visit(page, `/demandes/${request.id}`, request.title);
  await page.getByText('L’accès a été retiré').waitFor();
  await page.getByText('Le service a fermé.').waitFor();
  await page.getByRole('tab', { name: 'Historique' }).press('Enter');
  await page.getByText('L’instruction a retiré l’accès').waitFor();
  await look(page);

  const visitor = await openPage(browser, server.url);
  await visit(visitor, confirmation, /^Habilitation H/);
  await visitor.getByText('Cette habilitation a été révoquée.').waitFor();
  assert.doesNotMatch(await visitor.locator('main').innerText(), /@|Durand|Lefèvre/);
  await look(visitor);
  await visitor.done();
});

async function confirmReopening() {
  await confirm(page, 'Modifier l’accès');
  await ready(page, 'Le projet');
}

test('an_instructor_cancels_a_reopening', async () => {
  const request = await submit('Retour en arrière');
  const path = `/v1/requests/${request.id}`;
  (await decideBy(instructor.client, request.id, 'approve')).expect(201);
  (await applicant.client.post(`${path}/reopening`)).expect(200);
  await atDesk(request);
  await desk.getByRole('button', { name: 'Annuler la modification' }).press('Enter');
  const dialog = desk.getByRole('dialog');
  await dialog.getByLabel('Motif').fill('Rouverte par erreur.');
  await look(desk);
  await dialog.getByRole('button', { name: 'Annuler la modification' }).press('Enter');
  await desk.getByText('✓ acceptée').first().waitFor();
  assert.equal(await stateOf(request), 'approved');
  const mail = await server.mailbox.take({ to: applicant.email, subject: /réouverture/ });
  assert.ok(mail.text.includes('Rouverte par erreur.'));
  await visit(page, `/demandes/${request.id}`, request.title);
  await page.getByText(/L’instruction a annulé la modification/).waitFor();
  await page.getByText('Rouverte par erreur.', { exact: true }).waitFor();
  await look(page);
});

test('a_refused_change_shows_its_reason_and_archived_requests_are_listed_as_former_ones', async () => {
  const former = await submit('Demande rangée depuis');
  const refusal = { reason: 'Hors du cadre.' };
  (await decideBy(instructor.client, former.id, 'refuse', refusal)).expect(201);
  (await applicant.client.post(`/v1/requests/${former.id}/archival`)).expect(200);
  const request = await submit('Accès qui change');
  const path = `/v1/requests/${request.id}`;
  (await decideBy(instructor.client, request.id, 'approve')).expect(201);
  (await applicant.client.post(`${path}/reopening`)).expect(200);
  await saveRequest(applicant.client, request.id, { recipients: 'Tout le monde' });
  (await applicant.client.post(`${path}/submission`)).expect(200);
  await atDesk(request);
  await desk.getByRole('link', { name: `${former.number} ${former.title}` }).waitFor();
  await decide(desk, 'Refuser la demande', { reason: 'Trop de destinataires.' });
  await visit(page, `/demandes/${request.id}`, request.title);
  await page.getByText(/La modification a été refusée/).waitFor();
  await page.getByText('Trop de destinataires.', { exact: true }).waitFor();
  await look(page);
});

test('the_queue_keeps_filters_links_to_the_next_request_and_exports_csv', async () => {
  const files = [];
  for (const name of ['Un', 'Deux', 'Trois']) files.push(await submit(`Colonne ${name}`));
  await visit(desk, '/instruction', 'Instruction');
  await desk.keyboard.press('/');
  await desk.keyboard.type('colonne');
  await desk.keyboard.press('Enter');
  await desk.getByRole('button', { name: /« colonne »/ }).waitFor();
  await desk.getByRole('button', { name: 'Garder ces filtres' }).press('Enter');
  await desk.getByRole('dialog').getByLabel('Nom de cette sélection').fill('Mes colonnes');
  await desk.getByRole('dialog').getByRole('button', { name: 'Enregistrer' }).press('Enter');
  await desk.getByRole('button', { name: 'Mes colonnes', exact: true }).waitFor();

  await desk.getByRole('button', { name: 'Exporter en CSV' }).press('Enter');
  const [csv] = await Promise.all([
    desk.waitForEvent('download'),
    desk.getByRole('link', { name: /^Télécharger/ }).press('Enter'),
  ]);
  assert.equal(csv.suggestedFilename(), 'demandes.csv');
  const lines = (await readFile(await csv.path(), 'utf8')).trim().split('\r\n');
  assert.equal(lines.length, 4, 'the filtered list and its header');

  await desk.getByRole('heading', { level: 1 }).focus();
  await desk.keyboard.press('j');
  await desk.keyboard.press('Enter');
  for (const { title } of files) {
    await ready(desk, title);
    await desk.keyboard.press('n');
  }
  await ready(desk, files[2].title); // the last one of the queue stays

  await visit(desk, '/instruction', 'Instruction');
  await desk.getByRole('button', { name: 'Mes colonnes', exact: true }).press('Enter');
  await desk.waitForURL(/texte=colonne/);
  await desk.locator('tr[data-request]').nth(3).waitFor({ state: 'detached' });
  await desk.getByRole('button', { name: 'Oublier « Mes colonnes »' }).press('Enter');
  await desk.getByRole('dialog').getByRole('button', { name: 'Supprimer' }).press('Enter');
  await desk
    .getByRole('button', { name: 'Oublier « Mes colonnes »' })
    .waitFor({ state: 'detached' });
});

test('a_saved_filter_of_several_states_is_shown_completely', async () => {
  for (const name of ['Un', 'Deux']) await submit(`Plusieurs ${name}`);
  const [{ id }] = (await instructor.client.get('/v1/requests?relation=staff&q=Plusieurs')).body
    .items;
  const refusal = { reason: 'Hors du cadre prévu.' };
  (await decideBy(instructor.client, id, 'refuse', refusal)).expect(201);
  const query = { state: ['submitted', 'refused'], q: 'Plusieurs' };
  (await instructor.client.post('/v1/saved-filters', { name: 'Deux états', query })).expect(201);
  await visit(desk, '/instruction', 'Instruction');
  await desk.getByRole('button', { name: 'Deux états', exact: true }).press('Enter');
  await desk.getByRole('button', { name: /^en instruction, refusée/ }).waitFor();
  await desk.locator('tr[data-request]').nth(1).waitFor();
  assert.equal(await desk.locator('tr[data-request]').count(), 2);
  await look(desk);
});

test('an_attachment_replaces_another', async () => {
  const draft = await draftRequest(applicant.client, { domain });
  await visit(page, `/demandes/${draft.id}/formulaire?etape=basic_infos`, 'Le projet');
  const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
  const file = (name) => ({ name, mimeType: 'application/pdf', buffer: pdf });
  await page.getByLabel('Maquettes du projet').setInputFiles(file('ancienne.pdf'));
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Remplacer ancienne.pdf' }).press('Enter'),
  ]);
  await chooser.setFiles(file('nouvelle.pdf'));
  await page.getByRole('link', { name: 'nouvelle.pdf' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'ancienne.pdf' }).count(), 0);
  await look(page);
  await visit(page, `/demandes/${draft.id}?onglet=historique`, draft.title);
  const changes = page.locator('.history-changes').first();
  await page.getByText('Un champ changé').first().press('Enter');
  assert.equal(await changes.innerText(), 'Document\nancienne.pdf → nouvelle.pdf');
  await look(page);
});

/** Decided beside the screens. */
const decided = async ({ id }, outcome, reason) =>
  (await decideBy(instructor.client, id, outcome, { reason })).expect(201);

test('the_next_step_is_the_first_button_on_a_phone', async () => {
  const phone = await openPage(browser, server.url, { client: applicant.client, width: 360 });
  const [granted, refused] = [await submit('Jeton à prendre'), await submit('À refaire')];
  await decided(granted, 'approve');
  await decided(refused, 'refuse', 'Le texte cité est abrogé.');
  await visit(phone, `/demandes/${refused.id}`, refused.title);
  await phone.getByRole('button', { name: 'Copier en une nouvelle demande' }).waitFor();
  assert.equal(await phone.getByRole('button', { name: 'Archiver' }).isVisible(), false);
  await look(phone);
  await visit(phone, `/demandes/${granted.id}`, granted.title);
  await look(phone);
  await phone.getByRole('link', { name: 'Ouvrir le jeton' }).press('Enter');
  await phone.getByRole('button', { name: 'Afficher le jeton' }).waitFor();
  await phone.done();
});

test('a_late_answer_shows_no_past_due_date', async () => {
  const request = await submit('Réponse en retard');
  await page.route(`**/v1/requests/${request.id}`, async (route) => {
    const answer = await route.fetch();
    const json = { ...(await answer.json()), expected_decision_at: '2026-01-05T09:00:00Z' };
    await route.fulfill({ response: answer, json });
  });
  await visit(page, `/demandes/${request.id}`, request.title);
  await page.getByText('La réponse prend plus de temps que d’habitude').waitFor();
  assert.equal(await page.getByText('5 janvier').count(), 0);
  await page.unrouteAll();
});

test('a_technical_contact_reads_the_answer_and_opens_the_token', async () => {
  const contact = await logInAs(server, { siret: SIRETS.LYON, email: `technique@${domain}` });
  const theirs = await openPage(browser, server.url, { client: contact.client });
  const [granted, refused] = [await submit('Contact servi'), await submit('Contact déçu')];
  await decided(granted, 'approve');
  await decided(refused, 'refuse', 'Le fondement cité ne suffit pas.');
  await visit(theirs, `/demandes/${refused.id}`, refused.title);
  await theirs.getByText('Le demandeur en connaît la raison').waitFor();
  assert.equal(await theirs.getByText('vous pouvez la copier').count(), 0);
  await visit(theirs, `/demandes/${granted.id}`, granted.title);
  await theirs.getByText('Demande acceptée').waitFor();
  assert.equal(await theirs.getByText('onglet').count(), 0);
  await look(theirs);
  await theirs.getByRole('link', { name: 'Ouvrir le jeton' }).press('Enter');
  await theirs.getByRole('button', { name: 'Afficher le jeton' }).waitFor();
  await theirs.done();
});

test('a_decision_on_a_file_that_changed_meanwhile_shows_what_changed', async () => {
  const colleague = await logInAs(server, { domain, givenName: 'Nadia', familyName: 'Suite' });
  const request = await submit('Un dossier qui bouge');
  await atDesk(request);
  await desk.getByRole('radio', { name: 'Refuser la demande' }).press('Space');
  await desk.getByLabel(/^Motif/).fill('Hors du cadre');
  await desk.getByRole('button', { name: 'Voir le mail avant d’envoyer' }).press('Enter');
  const dialog = desk.getByRole('dialog');
  await dialog.getByText('Ce mail partira à').waitFor();
  const to = { email: colleague.email };
  (await applicant.client.post(`/v1/requests/${request.id}/transfer`, to)).expect(200);
  await dialog.getByRole('button', { name: 'Refuser la demande' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const since = desk.getByRole('region', { name: 'Ce qui a changé' });
  await since.getByText('a changé depuis que vous l’avez lu').waitFor();
  await since.getByText('transféré').waitFor();
  await look(desk);
  assert.equal(await stateOf(request), 'submitted', 'nothing was decided');
  await desk.getByRole('radio', { name: 'Refuser la demande' }).press('Space');
  assert.equal(await desk.getByLabel(/^Motif/).inputValue(), 'Hors du cadre', 'nothing is lost');
  await desk.getByRole('button', { name: 'Voir le mail avant d’envoyer' }).press('Enter');
  await dialog.getByRole('button', { name: 'Refuser la demande' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await stateOf(request), 'refused');
  await since.waitFor({ state: 'detached' });
});

test('a_file_that_serves_its_reader_says_why_it_is_not_theirs', async () => {
  const named = await logInAs(server, {
    siret: SIRETS.DINUM,
    email: `juge@${domain}`,
    role: 'instructor:api-entreprise',
  });
  const request = await submitRequest(applicant.client, {
    domain,
    patch: { title: 'Un dossier qui me sert', contacts: { technical: { email: named.email } } },
  });
  const reader = await openAs(browser, server, named);
  await visit(reader, `/instruction/${request.id}`, request.title);
  await reader.getByText('Vous êtes contact de cette demande').waitFor();
  for (const absent of ['Décision', 'Notes internes', 'Prendre']) {
    assert.equal(await reader.getByRole('heading', { name: absent }).count(), 0, absent);
  }
  await look(reader);
  await reader.done();
});

test('a_file_without_a_valid_applicant_is_transferred_before_it_is_accepted', async () => {
  const person = await logInAs(server, { domain, givenName: 'Partie', familyName: 'Ailleurs' });
  const request = await submitRequest(person.client, {
    domain,
    patch: { title: 'Sans demandeur' },
  });
  await server.database.sql(
    `update membership set state = 'left' where account_id = '${person.session.account.id}'`,
  );
  await atDesk(request);
  await desk.getByText('Le demandeur n’est plus joignable : Partie Ailleurs').waitFor();
  assert.equal(await desk.getByRole('radio', { name: 'Accepter' }).count(), 0);
  await look(desk);
  await desk.getByRole('button', { name: 'Transférer', exact: false }).first().press('Enter');
  const dialog = desk.getByRole('dialog');
  await dialog.getByRole('textbox').fill(applicant.email);
  await dialog.getByRole('button', { name: 'Transférer', exact: false }).press('Enter');
  await desk.getByRole('radio', { name: 'Accepter' }).waitFor();
  assert.equal(await desk.getByText('Le demandeur n’est plus joignable').count(), 0);
});

test('statistics_and_open_data_are_public', async () => {
  const visitor = await openPage(browser, server.url);
  await visit(visitor, '/statistiques', 'Statistiques');
  await visitor.getByText('Habilitations en vigueur', { exact: true }).waitFor();
  await visitor.getByText('< 1 jour', { exact: true }).waitFor();
  await look(visitor);
  const [file] = await Promise.all([
    visitor.waitForEvent('download'),
    visitor.getByRole('link', { name: 'Télécharger les habilitations (CSV)' }).press('Enter'),
  ]);
  assert.match(await readFile(await file.path(), 'utf8'), /^number,product,use_case,siret/);
  await visitor.done();
  await page.done();
  await desk.done();
});
