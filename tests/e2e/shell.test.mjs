// What holds on every page: keyboard, languages, themes, history, addresses, weight and headers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { openPage } from '../support/browser.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { focused, look, openAs, ready, visit, withBrowser } from './steps.mjs';

const FIRST_PAGE_BYTES_MAX = 150_000;
let server;
let browser;

withBrowser((started) => ([server, browser] = started));

test('the_skip_link_works_and_headings_take_the_focus', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/', /Demander un accès/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await focused(page), 'contenu');
  await page.getByRole('link', { name: 'Catalogue' }).press('Enter');
  await ready(page, /Catalogue/);
  assert.equal(await focused(page), 'h1');
  await page.done();
});

test('back_restores_the_scroll_position', async () => {
  const page = await openPage(browser, server.url, { height: 500 });
  await visit(page, '/aide', 'Aide');
  await page.evaluate(() => scrollTo(0, 300));
  await page.waitForFunction(() => history.state?.scrollTop === 300);
  await page.getByRole('contentinfo').getByRole('link', { name: 'Accessibilité' }).press('Enter');
  await ready(page, 'Accessibilité');
  assert.equal(await page.evaluate(() => scrollY), 0);
  await page.goBack();
  await ready(page, 'Aide');
  await page.waitForFunction(() => scrollY > 200);
  await page.done();
});

test('a_page_left_while_loading_does_not_replace_the_next', async () => {
  const page = await openPage(browser, server.url);
  await page.clock.install();
  await visit(page, '/aide', 'Aide');
  await page.route('**/pages/usage/statistics.js', () => {}); // never comes
  await page.getByRole('contentinfo').getByRole('link', { name: 'Statistiques' }).press('Enter');
  await page.evaluate(() => history.back());
  await ready(page, 'Aide');
  await page.clock.runFor(1000);
  await ready(page, 'Aide');
  await page.done();
});

test('an_unknown_path_is_a_404_that_helps', async () => {
  const page = await openPage(browser, server.url);
  const answer = await page.goto('/nulle/part');
  assert.equal(answer.status(), 404);
  await ready(page, 'Cette page n’existe pas');
  await look(page);
  await page.getByRole('main').getByRole('link', { name: 'Aller à l’accueil' }).press('Enter');
  await ready(page, /Demander un accès/);
  await page.done();
});

test('language_and_theme_stay_after_a_reload', async () => {
  const page = await openPage(browser, server.url, { width: 360 });
  await visit(page, '/', /Demander un accès/);
  await page.getByRole('button', { name: 'English' }).press('Enter');
  await ready(page, /Ask for access/);
  await page.getByLabel('Appearance').selectOption('dark');
  await page.reload();
  await ready(page, /Ask for access/);
  const root = page.locator('html');
  assert.equal(await root.getAttribute('lang'), 'en');
  assert.equal(await root.getAttribute('data-theme'), 'dark');
  await look(page);
  await page.getByRole('button', { name: 'Français' }).press('Enter');
  await ready(page, /Demander un accès/);
  await page.done();
});

test('the_first_page_is_small_and_its_files_are_cached', async () => {
  const page = await openPage(browser, server.url);
  const responses = [];
  page.on('response', (response) => responses.push(response));
  await page.goto('/', { waitUntil: 'networkidle' });
  await ready(page, /Demander un accès/);
  const sizes = await Promise.all(responses.map((response) => response.request().sizes()));
  const bytes = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  const lasting = responses
    .filter((response) => new URL(response.url()).pathname.startsWith('/static/'))
    .map((response) => response.headers()['cache-control']);
  assert.ok(lasting.length > 0);
  assert.ok(bytes > 0 && bytes < FIRST_PAGE_BYTES_MAX, `${bytes} bytes`);
  assert.ok(lasting.every((value) => value.includes('immutable')));
  await page.done();
});

test('every_page_forbids_markup_from_text', async () => {
  for (const path of ['/', '/demandes', '/nulle/part']) {
    const { headers } = await fetch(server.url + path);
    const policy = headers.get('content-security-policy');
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]) {
      assert.ok(policy.includes(rule), `${path}: ${rule}`);
    }
  }
});

test('the_organisation_is_switched_from_the_header', async () => {
  const person = await logInAs(server, { siret: SIRETS.PARIS, domain: 'commun.example' });
  (await person.client.post(`/v1/organisations/${SIRETS.TOULOUSE}/members`)).expect(201);
  const page = await openAs(browser, server, person);
  const header = page.getByRole('banner');
  await header.locator('summary', { hasText: 'Ville de Paris' }).press('Enter');
  await look(page);
  await header.getByRole('button', { name: 'Agir pour Toulouse' }).press('Enter');
  await header.locator('summary').getByText('Toulouse').waitFor();
  await visit(page, '/organisation', 'Mon organisation');
  await page.getByRole('main').getByRole('heading', { name: 'Toulouse' }).waitFor();
  await look(page);
  await page.done();
});

test('a_log_out_in_one_tab_ends_the_other', async () => {
  const person = await logInAs(server, { siret: SIRETS.BORDEAUX });
  const page = await openAs(browser, server, person);
  const other = await page.context().newPage();
  await other.goto('/compte');
  await ready(other, 'Mon compte');
  await page.locator('summary', { hasText: 'Camille Durand' }).press('Enter');
  await page.getByRole('button', { name: 'Se déconnecter' }).press('Enter');
  await ready(page, /Demander un accès/);
  await ready(other, 'Se connecter');
  await page.done();
});

test('the_account_is_corrected_and_exported', async () => {
  const person = await logInAs(server, { siret: SIRETS.MARSEILLE });
  const page = await openAs(browser, server, person, { width: 360 });
  await visit(page, '/compte', 'Mon compte');
  await page.getByLabel('Prénom').fill('Zoé');
  await page.getByRole('button', { name: 'Enregistrer' }).first().press('Enter');
  await page.getByRole('banner').getByText('Zoé Durand').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Préparer mes données' }).press('Enter');
  await page.getByRole('link', { name: /^Télécharger/ }).press('Enter');
  assert.equal((await download).suggestedFilename(), 'guichet-mes-donnees.json');
  await visit(page, '/exports', 'Mes exports');
  await page.getByRole('row').filter({ hasText: 'Mes données' }).getByText('Prêt').waitFor();
  await look(page);
  await page.getByRole('button', { name: 'Supprimer' }).press('Enter');
  await page.getByText('Aucun export').waitFor();
  await look(page);
  await visit(page, '/compte', 'Mon compte');
  await page.getByRole('button', { name: 'Supprimer mon compte' }).press('Enter');
  await page.getByLabel(/recopiez votre adresse/).fill(person.email);
  await look(page);
  await page.keyboard.press('Enter');
  await ready(page, 'Se connecter');
  await page.done();
});
