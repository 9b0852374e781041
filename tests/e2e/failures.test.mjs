// A button whose request fails says so, sends once however often it is pressed, and works again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccount, logInAs } from '../support/accounts.mjs';
import { cast, submitRequest } from '../support/requests.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';
import { look, openAs, ready, visit, withBrowser } from './steps.mjs';

const REFERENCE = '01890000-0000-7000-8000-00000000beef';
const FAULT = 'Une panne de notre côté empêche de répondre';
const SILENCE = 'Le serveur ne répond pas';
/** What the network answers, and what is said of it. */
const FAILURES = {
  500: { answer: problem(500), said: FAULT },
  503: { answer: problem(503), said: FAULT },
  offline: { answer: null, said: SILENCE },
};

let server;
let browser;

withBrowser(([s, b]) => ([server, browser] = [s, b]));

function problem(status) {
  return {
    status,
    contentType: 'application/problem+json',
    headers: { 'X-Request-ID': REFERENCE },
    body: JSON.stringify({ type: 'about:blank', title: 'Panne', status, request_id: REFERENCE }),
  };
}

/** From now on, requests of this method to this path fail; their number is counted. */
async function failing(page, method, path, { answer }) {
  const counted = { requests: 0 };
  await page.route(path, (route) => {
    if (route.request().method() !== method) return route.continue();
    counted.requests += 1;
    return answer ? route.fulfill(answer) : route.abort();
  });
  return counted;
}

/** What failed is said to everybody, with the reference where the server gave one. */
async function isTold(page, { said, answer }) {
  const box = page.getByRole('alert').filter({ hasText: said });
  await box.waitFor();
  assert.equal(await box.getByText(REFERENCE).count(), answer ? 1 : 0);
  await look(page);
  page.complaints.length = 0; // Chromium names each answer of 500 and above
  return box;
}

const logOut = async (page) => {
  await page.locator('.shell-account .shell-menu summary').last().press('Enter');
  await page.getByRole('button', { name: 'Se déconnecter' }).press('Enter');
};

for (const [name, failure] of Object.entries(FAILURES)) {
  test(`a_log_out_that_fails_says_so_${name}`, async () => {
    const page = await openAs(browser, server, await createAccount(server));
    await failing(page, 'DELETE', '**/v1/session', failure);
    await logOut(page);
    const box = await isTold(page, failure);
    await ready(page, 'Mes demandes');
    await page.getByRole('button', { name: 'Fermer' }).press('Enter');
    await box.waitFor({ state: 'detached' });
    await page.unrouteAll();
    await logOut(page);
    await page.getByRole('link', { name: 'Se connecter' }).first().waitFor();
    await page.done();
  });
}

test('a_failed_reveal_says_so_and_a_double_click_sends_one_request', async () => {
  const issuer = await new Issuer(server).start();
  const applicant = await issuer.applicant({ siret: SIRETS.CLAMART });
  const token = await issuer.issue({ applicantId: applicant.id });
  const page = await openAs(browser, server, applicant);
  await page.goto(`/jetons/${token.id}`);
  const button = page.getByRole('button', { name: 'Afficher le jeton' });
  let release;
  let requests = 0;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/reveal', async (route) => {
    requests += 1;
    await held;
    return route.fulfill(problem(503));
  });
  await button.press('Enter');
  await button.press('Enter');
  await button.press('Space');
  await waitFor('the request', () => requests > 0);
  assert.equal(await button.getAttribute('aria-disabled'), 'true');
  release();
  await isTold(page, FAILURES[503]);
  assert.equal(requests, 1);
  await button.press('Enter');
  await waitFor('the second request', () => requests === 2);
  await isTold(page, FAILURES[503]);
  assert.equal(await page.getByRole('alert').count(), 1, 'the former failure is gone');
  await page.done();
});

test('a_failed_assignment_says_so_by_button_and_by_key', async () => {
  const { applicant, instructor, domain } = await cast(server);
  await submitRequest(applicant.client, { domain });
  const page = await openAs(browser, server, instructor);
  await visit(page, '/instruction', 'Instruction');
  const counted = await failing(page, 'PUT', '**/assignee', FAILURES.offline);
  await page
    .getByRole('button', { name: /^Prendre/ })
    .first()
    .press('Enter');
  await isTold(page, FAILURES.offline);
  await page.reload();
  await page.locator('tbody tr').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('a');
  await isTold(page, FAILURES.offline);
  assert.equal(counted.requests, 2);
  await page.done();
});

test('a_webhook_that_cannot_be_disabled_says_so', async () => {
  const person = await logInAs(server, { siret: SIRETS.CLAMART });
  const body = {
    product: 'api-entreprise',
    url: 'https://hooks.example.org/guichet',
    events: ['request.created'],
    siret: SIRETS.CLAMART,
  };
  (await person.client.post('/v1/webhooks', body)).expect(201);
  const page = await openAs(browser, server, person);
  await visit(page, '/programmes?onglet=webhooks', 'Pour les programmes');
  const button = page.getByRole('button', { name: 'Désactiver' });
  await failing(page, 'PATCH', '**/v1/webhooks/*', FAILURES[500]);
  await button.press('Enter');
  await isTold(page, FAILURES[500]);
  await page.unrouteAll();
  await button.press('Enter');
  await page.getByRole('button', { name: 'Activer' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  await page.done();
});

test('an_uncaught_error_is_shown_with_its_reference', async () => {
  const { applicant, instructor, domain } = await cast(server);
  const request = await submitRequest(applicant.client, { domain });
  const page = await openAs(browser, server, instructor);
  await visit(page, `/instruction/${request.id}`, request.title);
  await failing(page, 'GET', '**/templates*', FAILURES[503]);
  await page.getByRole('radio', { name: 'Refuser la demande' }).press('Space');
  await isTold(page, FAILURES[503]);
  await page.evaluate(() => void Promise.reject(new Error('planted')));
  await page.getByRole('alert').getByText('Une erreur imprévue').waitFor();
  assert.ok(page.complaints.some((text) => text.includes('planted')));
  page.complaints.length = 0;
  await page.done();
});
