// Two instructors for sensitive data: the first proposes on their screen, the second confirms or declines on theirs, on a
// wide one and on a telephone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { launchBrowser } from '../support/browser.mjs';
import { plantProducts } from '../support/products.mjs';
import { cast, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { decide, look, openAs, visit } from './steps.mjs';

const PRODUCT = 'api-entreprise';
const PHONE = { viewport: { width: 360, height: 740 } };
const WIDE = { viewport: { width: 1280, height: 800 } };

let products;
let server;
let browser;
let applicant;
let domain;
let first; // the page of who proposes
let second; // of who confirms, on a telephone
let page; // the applicant's

before(async () => {
  products = await plantProducts({ [PRODUCT]: (product) => ({ ...product, four_eyes: true }) });
  [server, browser] = await Promise.all([startServer({ env: products.env }), launchBrowser()]);
  const people = await cast(server);
  ({ applicant, domain } = people);
  const other = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: `instructor:${PRODUCT}`,
    givenName: 'Dominique',
    familyName: 'Leroy',
  });
  first = await openAs(browser, server, people.instructor, WIDE);
  second = await openAs(browser, server, other, PHONE);
  page = await openAs(browser, server, applicant, WIDE);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await products?.remove();
});

const submit = (title) =>
  submitRequest(applicant.client, {
    domain,
    scopes: ['bilans_bdf', 'attestation_fiscale_dgfip'],
    patch: { title, scope_justifications: { bilans_bdf: 'Mesurer la solidité.' } },
  });
const stateOf = async ({ id }) => (await applicant.client.get(`/v1/requests/${id}`)).body.state;
const cardOf = (desk) =>
  desk.locator('section', {
    has: desk.getByRole('heading', { name: 'Seconde validation', exact: true }),
  });

async function propose(request) {
  await visit(first, `/instruction/${request.id}`, request.title);
  await decide(first, 'Accepter la demande');
  await first.getByText('Cette demande attend une seconde validation').waitFor();
}

async function press(desk, name) {
  await desk.getByRole('button', { name, exact: true }).press('Enter');
  const dialog = desk.getByRole('dialog');
  await look(desk);
  return dialog;
}

test('the_first_proposes_and_the_second_confirms', async () => {
  const request = await submit('Solidité des candidats');
  await visit(first, `/instruction/${request.id}`, request.title);
  await first.keyboard.press('d');
  await first.getByRole('radio', { name: 'Accepter la demande' }).press('Space');
  await first.getByRole('button', { name: 'Voir le mail avant d’envoyer' }).press('Enter');
  await first
    .getByRole('dialog')
    .getByText('une autre personne de l’instruction devra confirmer')
    .waitFor();
  await first.keyboard.press('Escape');
  await propose(request);
  await look(first);
  assert.equal(await first.getByRole('button', { name: 'Confirmer l’acceptation' }).count(), 0);
  assert.equal(await first.getByRole('radio', { name: 'Accepter la demande' }).count(), 0);
  // The applicant sees a request under review, and nothing of the proposal.
  await visit(page, `/demandes/${request.id}`, request.title);
  await page.getByRole('tab', { name: 'Historique' }).press('Enter');
  await page.getByRole('tabpanel').getByText('envoyé').first().waitFor();
  assert.equal(await page.getByText(/seconde validation|proposé/).count(), 0);
  // The second finds it by the filter of the queue.
  await visit(second, '/instruction', 'Instruction');
  await second.getByText('seconde validation attendue').first().waitFor();
  await second.getByText('Autres filtres').press('Enter');
  await second.getByLabel('Validation').selectOption({ label: 'À confirmer par moi' });
  await second.getByRole('button', { name: /À confirmer par moi/ }).waitFor();
  await look(second);
  await second.getByRole('link', { name: 'Clamart' }).first().press('Enter');
  await second
    .locator('main:not([aria-busy])')
    .getByRole('heading', { level: 1, name: request.title })
    .waitFor();
  await cardOf(second).getByText('3 derniers bilans annuels').waitFor();
  await look(second);
  const dialog = await press(second, 'Confirmer l’acceptation');
  await dialog.getByRole('button', { name: 'Confirmer l’acceptation' }).press('Enter');
  await second.getByText('✓ acceptée').first().waitFor();
  assert.equal(await stateOf(request), 'approved');
  await visit(first, `/instruction/${request.id}`, request.title);
  await first.getByRole('tab', { name: 'Historique' }).press('Enter');
  await first.getByText('Dominique Leroy a accepté').waitFor();
  await first.getByText(/a proposé d’accepter la demande/).waitFor();
});

test('the_second_declines_with_a_reason_or_the_first_takes_it_back', async () => {
  const request = await submit('Bilans sans cadre');
  await propose(request);
  await visit(second, `/instruction/${request.id}`, request.title);
  const dialog = await press(second, 'Écarter cette proposition');
  await dialog.getByRole('button', { name: 'Écarter cette proposition' }).press('Enter');
  await dialog.getByLabel('Motif').fill('Le texte cité est abrogé.');
  await dialog.getByRole('button', { name: 'Écarter cette proposition' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await second.getByRole('radio', { name: 'Accepter la demande' }).waitFor();
  assert.equal(await cardOf(second).count(), 0);
  await propose(request);
  const own = await press(first, 'Retirer ma proposition');
  assert.equal(await own.getByLabel('Motif').count(), 0);
  await own.getByRole('button', { name: 'Retirer ma proposition' }).press('Enter');
  await own.waitFor({ state: 'detached' });
  await first.getByRole('radio', { name: 'Accepter la demande' }).waitFor();
  assert.equal(await stateOf(request), 'submitted');
});

test('who_confirms_too_late_reads_what_changed', async () => {
  const request = await submit('Changée entre-temps');
  await propose(request);
  await visit(second, `/instruction/${request.id}`, request.title);
  const dialog = await press(second, 'Confirmer l’acceptation');
  const own = await press(first, 'Retirer ma proposition');
  await own.getByRole('button', { name: 'Retirer ma proposition' }).press('Enter');
  await own.waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: 'Confirmer l’acceptation' }).press('Enter');
  const since = second.getByRole('region', { name: 'Ce qui a changé' });
  await since.getByText('a écarté l’acceptation proposée').waitFor();
  assert.equal(await stateOf(request), 'submitted');
  for (const each of [first, second, page]) await each.done();
});
