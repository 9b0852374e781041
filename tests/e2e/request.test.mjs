// A request from the first question to its sending, and everything that could lose what was typed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { launchBrowser } from '../support/browser.mjs';
import { createRequest, saveRequest, submitRequest } from '../support/requests.mjs';
import { SIGNATURE, startScanner } from '../support/scanner.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { zip } from '../support/zip.mjs';
import { focused, logIn, look, openAs, ready, visit } from './steps.mjs';

const CONTACTS = [
  'Responsable du traitement',
  'Délégué à la protection des données',
  'Contact métier',
  'Contact technique',
];
let server;
let browser;
let camille;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  camille = await logInAs(server, { siret: SIRETS.CLAMART, familyName: 'Martin' });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const saved = (page) => page.getByText(/^Enregistré à \d+\sh\s\d\d$/).waitFor();
const next = (page) => page.getByRole('button', { name: 'Suivant' }).press('Enter');
const draft = async () =>
  (await createRequest(camille.client, { useCase: 'marches-publics' })).body;
const formOf = (request, step) => `/demandes/${request.id}/formulaire?etape=${step}`;

async function readRequest({ id }) {
  return (await camille.client.get(`/v1/requests/${id}`)).expect(200).body;
}

for (const width of [360, 1280]) {
  test(`a_request_is_filled_in_and_sent_at_${width}_px`, async () => {
    const page = await openAs(browser, server, camille, { width });
    await page.getByRole('link', { name: 'Commencer une demande' }).first().press('Enter');
    await ready(page, 'Nouvelle demande');
    await page.getByRole('link', { name: 'API Entreprise', exact: true }).press('Enter');
    await page.getByRole('radio', { name: /Je simplifie une démarche/ }).check();
    await page.getByRole('radio', { name: /candidatures à des marchés publics/ }).check();
    await look(page);
    await page.getByRole('button', { name: 'Commencer la demande' }).press('Enter');

    await ready(page, 'Le projet');
    assert.equal(await focused(page), 'h1');
    await page.getByLabel('Description du projet').fill('Vérifier <b>300</b> candidatures.');
    await saved(page);
    await look(page);
    await next(page);
    await ready(page, 'Le cadre juridique');
    await look(page);
    await next(page);
    await ready(page, 'Les données');
    await page.getByRole('checkbox', { name: /3 derniers bilans/ }).check();
    await page.getByLabel(/3 derniers bilans annuels - Banque de France\s*\?/).fill('Analyse.');
    await look(page);
    await next(page);
    await ready(page, 'Les données personnelles');
    await page.getByLabel('Durée de conservation', { exact: true }).fill('37');
    await page.getByLabel('Justification de la durée de conservation').fill('Prescription.');
    await look(page);
    await next(page);
    await ready(page, 'Les contacts');
    for (const name of CONTACTS) {
      const contact = page.getByRole('group', { name });
      await contact.getByRole('button', { name: 'Copier mes coordonnées' }).press('Enter');
      await contact.getByLabel('Fonction').fill('Cheffe de projet');
      await contact.getByLabel('Téléphone').fill('01 99 00 12 34');
    }
    await look(page);
    await next(page);
    await ready(page, 'Les engagements');
    await page.getByRole('checkbox', { name: /J’accepte les conditions/ }).check();
    await page.getByRole('button', { name: 'Vérifier la demande' }).press('Enter');

    await ready(page, 'Vérifier et envoyer');
    await look(page);
    await page.getByRole('link', { name: /Confirmez que le délégué/ }).press('Enter');
    await ready(page, 'Les engagements');
    assert.equal(await focused(page), 'champ-dpo_informed');
    await page.keyboard.press('Space');
    await saved(page);
    await page.getByRole('button', { name: 'Vérifier la demande' }).press('Enter');
    await ready(page, 'Vérifier et envoyer');
    await page.getByText('Vérifier <b>300</b> candidatures.').waitFor();
    await page.getByRole('button', { name: 'Envoyer la demande' }).press('Enter');
    await page.getByText('Votre demande est envoyée').waitFor();
    await page.getByText('Plus rien à faire de votre côté').waitFor();
    for (const tab of ['Demande', 'Messages', 'Historique', 'Habilitations', 'Jeton']) {
      await page.getByRole('tab', { name: tab, exact: true }).press('Enter');
      await look(page);
    }
    await server.mailbox.take({ to: camille.email });
    await page.done();
  });
}

test('a_refused_field_is_shown_and_the_rest_is_saved', async () => {
  const request = await draft();
  const page = await openAs(browser, server, camille);
  await visit(page, formOf(request, 'legal'), 'Le cadre juridique');
  await page.getByLabel('Texte ou contexte').fill('Délibération du 3 mars.');
  await page.getByLabel('Lien vers ce texte').fill('javascript:alert(1)');
  await next(page);
  await page.getByRole('alert').getByText('Un point est à corriger').waitFor();
  assert.match(new URL(page.url()).search, /etape=legal/);
  await look(page);
  assert.equal((await readRequest(request)).legal_basis.text, 'Délibération du 3 mars.');
  await page.getByLabel('Lien vers ce texte').fill('https://ville.example/deliberation');
  await next(page);
  await ready(page, 'Les données');
  await page.done();
});

test('a_missing_document_is_reached_by_its_link', async () => {
  const judged = (category, ground) =>
    server.database.sql(
      `update organisation set legal_category = '${category}', eligibility_ground = '${ground}'
       where siret = '${SIRETS.CLAMART}' returning 1`,
    );
  await judged('5710', 'public_service_mission');
  const request = await draft();
  const page = await openAs(browser, server, camille);
  await visit(page, formOf(request, 'verification'), 'Vérifier et envoyer');
  await page.getByRole('link', { name: /^Acte qui confie la mission/ }).press('Enter');
  await ready(page, 'La mission de service public');
  assert.equal(await focused(page), 'champ-attachments-public_service_mission');
  await judged('7210', 'administration');
  await page.done();
});

test('two_tabs_that_change_the_same_field_lose_nothing', async () => {
  const request = await draft();
  const first = await openAs(browser, server, camille);
  await visit(first, formOf(request, 'basic_infos'), 'Le projet');
  const second = await first.context().newPage();
  await second.goto(formOf(request, 'basic_infos'));
  await ready(second, 'Le projet');
  await second.getByLabel('Nom du projet').fill('Titre de l’autre onglet');
  await second.getByLabel('Volume prévu').fill('1 200');
  await saved(second);

  await first.getByLabel('Nom du projet').fill('Mon titre');
  await first.getByLabel('Description du projet').fill('Ma description');
  const dialog = first.getByRole('dialog', { name: 'Ces champs ont changé ailleurs' });
  await dialog.getByText('Titre de l’autre onglet').waitFor();
  await dialog.getByText('Mon titre').waitFor();
  await look(first);
  await dialog.getByRole('radio', { name: 'Prendre l’autre texte' }).check();
  await dialog.getByRole('button', { name: 'Enregistrer ces choix' }).press('Enter');
  await first.waitForFunction(() =>
    [...document.querySelectorAll('input')].some((i) => i.value === 'Titre de l’autre onglet'),
  );
  const now = await readRequest(request);
  assert.equal(now.title, 'Titre de l’autre onglet');
  assert.equal(now.description, 'Ma description');
  assert.equal(now.expected_volume, 1200);
  await first.done();
});

test('changes_saved_in_another_tab_appear_without_losing_input', async () => {
  const request = await draft();
  const page = await openAs(browser, server, camille);
  await visit(page, formOf(request, 'basic_infos'), 'Le projet');
  await saveRequest(camille.client, request.id, { title: 'Titre d’ailleurs' });
  await page.getByLabel('Description du projet').fill('Ma description');
  await page.waitForFunction(() =>
    [...document.querySelectorAll('input')].some((i) => i.value === 'Titre d’ailleurs'),
  );
  assert.equal(await focused(page), 'champ-description');
  assert.equal(await page.getByLabel('Description du projet').inputValue(), 'Ma description');
  const now = await readRequest(request);
  assert.equal(now.title, 'Titre d’ailleurs');
  assert.equal(now.description, 'Ma description');
  await page.done();
});

test('input_is_saved_once_the_server_is_back', async () => {
  const request = await draft();
  const page = await openAs(browser, server, camille);
  await visit(page, formOf(request, 'basic_infos'), 'Le projet');
  const failed = () => page.getByText('L’enregistrement a échoué').waitFor();
  await page.route('**/v1/requests/**', (route) =>
    route.request().method() === 'PATCH' ? route.abort() : route.continue(),
  );
  await page.getByLabel('Description du projet').fill('Écrit hors ligne');
  await failed();
  await look(page);
  await page.reload();
  await ready(page, 'Le projet');
  assert.equal(await page.getByLabel('Description du projet').inputValue(), 'Écrit hors ligne');
  await failed();
  await page.unroute('**/v1/requests/**');
  await saved(page);
  page.complaints.length = 0; // Chromium names each failed request
  assert.equal((await readRequest(request)).description, 'Écrit hors ligne');
  await page.done();
});

test('a_session_that_ends_asks_for_the_password_on_the_spot', async () => {
  const request = await draft();
  const page = await openAs(browser, server, camille);
  await visit(page, formOf(request, 'basic_infos'), 'Le projet');
  await page.context().clearCookies();
  await page.getByLabel('Description du projet').fill('Tapé après la fin de la session');
  const dialog = page.getByRole('dialog', { name: 'Votre session est terminée' });
  await dialog.getByLabel('Mot de passe').fill(camille.password);
  await look(page);
  await page.keyboard.press('Enter');
  await saved(page);
  assert.equal((await readRequest(request)).description, 'Tapé après la fin de la session');
  await page.done();
});

/** A template of LibreOffice, whatever it is called. */
const template = zip([
  {
    name: 'mimetype',
    content: 'application/vnd.oasis.opendocument.text-template',
    stored: true,
  },
  { name: 'content.xml', content: '<office:document-content/>' },
]);

test('files_are_attached_with_their_errors_and_removed', async () => {
  const request = await draft();
  const page = await openAs(browser, server, camille);
  await visit(page, formOf(request, 'basic_infos'), 'Le projet');
  const picker = page.getByLabel('Maquettes du projet');
  const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
  await picker.setInputFiles({ name: 'maquette.pdf', mimeType: 'application/pdf', buffer: pdf });
  await page.getByRole('link', { name: 'maquette.pdf' }).waitFor();
  const html = Buffer.from('<!doctype html><script>alert(1)</script>');
  await picker.setInputFiles({ name: 'faux.pdf', mimeType: 'application/pdf', buffer: html });
  await page
    .getByText(/^faux\.pdf : /)
    .first()
    .waitFor();
  await picker.setInputFiles({ name: 'note.docx', mimeType: '', buffer: template });
  await page
    .getByText(/^note\.docx : .*est un modèle de document .*enregistrez-le/)
    .first()
    .waitFor();
  await look(page);
  await page.getByRole('button', { name: 'Supprimer maquette.pdf' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: /Supprimer « maquette\.pdf »/ });
  await dialog.getByRole('button', { name: 'Supprimer' }).press('Enter');
  await page.getByRole('link', { name: 'maquette.pdf' }).waitFor({ state: 'detached' });
  assert.deepEqual((await readRequest(request)).attachments, []);
  await page.done();
});

test('an_infected_file_is_reported_not_served_and_deleted', async () => {
  const scanner = await startScanner();
  const guarded = await startServer({ env: scanner.env });
  try {
    const person = await logInAs(guarded, { siret: SIRETS.CLAMART });
    const { body } = await createRequest(person.client, { useCase: 'marches-publics' });
    const page = await openAs(browser, guarded, person);
    await visit(page, formOf(body, 'basic_infos'), 'Le projet');
    const picker = page.getByLabel('Maquettes du projet');
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
    const send = (name, buffer) =>
      picker.setInputFiles({ name, mimeType: 'application/pdf', buffer });
    await send('virus.pdf', Buffer.concat([pdf, SIGNATURE]));
    await page.getByText('« virus.pdf » contient un virus').first().waitFor();
    await page.getByText('infecté : à supprimer').waitFor();
    assert.equal(await page.getByRole('link', { name: 'virus.pdf' }).count(), 0);
    await look(page);
    await page.getByRole('button', { name: 'Supprimer virus.pdf' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: /Supprimer « virus\.pdf »/ });
    await dialog.getByRole('button', { name: 'Supprimer' }).press('Enter');
    await page.getByText('infecté : à supprimer').waitFor({ state: 'detached' });
    await scanner.kill();
    await send('maquette.pdf', pdf);
    await page.getByText('analyse antivirus en cours', { exact: false }).first().waitFor();
    assert.equal(await page.getByRole('link', { name: 'maquette.pdf' }).count(), 0);
    await look(page);
    await page.done();
  } finally {
    await guarded.stop();
    await scanner.stop();
  }
});

test('filters_stay_in_the_address_and_come_back', async () => {
  await draft();
  const page = await openAs(browser, server, camille);
  await page.getByLabel('État').selectOption('draft');
  await page.waitForURL(/etat=draft/);
  await page
    .getByRole('link', { name: /marchés publics/ })
    .first()
    .click();
  await page.getByRole('tab', { name: 'Demande' }).waitFor();
  await page.goBack();
  await ready(page, 'Mes demandes');
  assert.equal(await page.getByLabel('État').inputValue(), 'draft');
  await page.getByLabel('État').selectOption('refused');
  await page.getByText('Aucune demande ne correspond').waitFor();
  await look(page);
  await page.done();
});

test('a_draft_is_copied_transferred_and_deleted', async () => {
  const request = await draft();
  const colleague = await logInAs(server, { siret: SIRETS.CLAMART, givenName: 'Jean' });
  const page = await openAs(browser, server, camille);
  await visit(page, `/demandes/${request.id}`, /marchés publics/);
  await page.getByRole('button', { name: 'Copier en une nouvelle demande' }).press('Enter');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Copier/ })
    .press('Enter');
  await ready(page, 'Le projet');
  await visit(page, `/demandes/${request.id}`, /marchés publics/);
  await page.getByRole('button', { name: 'Transférer' }).press('Enter');
  await page.getByLabel('Adresse e-mail du nouveau demandeur').fill(colleague.email);
  await look(page);
  await page.keyboard.press('Enter');
  await page.getByText('Le demandeur prépare encore cette demande').waitFor();
  await page.done();

  const other = await openAs(browser, server, colleague, { width: 360 });
  await visit(other, `/demandes/${request.id}`, /marchés publics/);
  await other.getByRole('button', { name: 'Autres actions', expanded: false }).press('Enter');
  await other.getByRole('button', { name: 'Autres actions', expanded: true }).waitFor();
  await look(other);
  await other.getByRole('button', { name: 'Supprimer' }).press('Enter');
  await other.getByRole('dialog').getByRole('button', { name: 'Supprimer' }).press('Enter');
  await ready(other, 'Mes demandes');
  (await camille.client.get(`/v1/requests/${request.id}`)).expect(404);
  await other.done();
});

test('a_contact_reads_the_fields_of_the_register_of_processing', async () => {
  const officer = await logInAs(server, { siret: SIRETS.LYON });
  const contacts = { data_protection_officer: { email: officer.email } };
  const patch = { recipients: 'Le service des <i>aides</i>', contacts };
  const domain = camille.email.split('@')[1];
  const request = await submitRequest(camille.client, { domain, patch });
  const page = await openAs(browser, server, officer);
  await visit(page, `/demandes/${request.id}`, request.title);
  await page.getByText('voici son résumé').waitFor();
  await page.getByText('Le service des <i>aides</i>').waitFor();
  await page.getByText('36 mois').waitFor();
  assert.equal(await page.getByRole('tab').count(), 0);
  await look(page);
  await page.done();
});

test('a_request_of_others_answers_404_and_the_link_survives_the_login', async () => {
  const request = await draft();
  const stranger = await logInAs(server, { siret: SIRETS.LYON });
  const page = await openAs(browser, server, stranger);
  await visit(page, `/demandes/${request.id}`, 'Cette page n’existe pas');
  await look(page);
  await page.getByText('Camille Durand').click();
  await page.getByRole('button', { name: 'Se déconnecter' }).click();
  await page.waitForURL('/');
  await page.goto(`/demandes/${request.id}?onglet=messages`);
  await ready(page, 'Se connecter');
  await logIn(page, camille);
  await page.getByRole('tab', { name: 'Messages', selected: true }).waitFor();
  await page.done();
});
