// Logging in by the API Gouv account on the screens, at a real identity provider.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAccount } from '../support/accounts.mjs';
import { launchBrowser, openPage } from '../support/browser.mjs';
import { startOidcProvider } from '../support/oidc.mjs';
import { freePort } from '../support/ports.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { totpCode } from '../support/totp.mjs';
import { logIn, look, ready, visit } from './steps.mjs';

const BUTTON = 'S’identifier avec mon compte API Gouv';
let server;
let browser;
let provider;

before(async () => {
  const port = String(await freePort());
  provider = await startOidcProvider({ publicUrl: `http://127.0.0.1:${port}` });
  Object.assign(provider.person, { email: 'camille.martin@paris.example', siret: SIRETS.PARIS });
  const env = { ...provider.env, GUICHET_PORT: port };
  [server, browser] = await Promise.all([startServer({ env }), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await provider?.stop();
});

async function open() {
  const page = await openPage(browser, server.url, { others: [provider.issuer] });
  await visit(page, '/connexion', 'Se connecter');
  return page;
}

async function pressButton(page) {
  await page.getByRole('main').getByRole('link', { name: BUTTON }).press('Enter');
}

/** The first page of somebody of the provider who has just come through it. */
async function openAsPerson(person) {
  Object.assign(provider.person, person);
  const page = await open();
  await pressButton(page);
  await ready(page, 'Mes demandes');
  return page;
}

test('one_click_logs_in_through_the_provider_and_returns_to_the_page', async () => {
  const page = await open();
  await look(page);
  await visit(page, '/organisation', 'Se connecter');
  await pressButton(page);
  await ready(page, 'Mon organisation');
  await page.getByRole('main').getByRole('heading', { name: 'Ville de Paris' }).waitFor();
  await page.getByRole('banner').getByText('Camille Martin').waitFor();
  await page.done();
});

test('a_sensitive_act_requires_reauthentication_at_the_provider', async () => {
  const page = await open();
  await pressButton(page);
  await ready(page, 'Mes demandes');
  await server.database.sql(`update session set logged_in_at = now() - interval '16 minutes'`);
  await visit(page, '/compte', 'Mon compte');
  const before = provider.logins.count;
  const start = page.getByRole('button', { name: 'Mettre en place' });
  await start.press('Enter');
  const question = page.getByRole('dialog', { name: 'Confirmez que c’est vous' });
  await look(page);
  await question.getByRole('button', { name: BUTTON }).press('Enter');
  await question.waitFor({ state: 'detached' });
  await ready(page, 'Mon compte');
  assert.equal(provider.logins.count, before + 1, 'it still knew the person, and asked');
  await start.press('Enter');
  await page.getByRole('heading', { name: /Photographiez ce code/ }).waitFor();
  await page.done();
});

test('a_provider_that_does_not_reauthenticate_gives_no_access', async () => {
  const page = await open();
  provider.logins.askedAgoS = 3600;
  await page.goto('/v1/login/oidc?next=/compte&prompt=login');
  provider.logins.askedAgoS = 0;
  await ready(page, 'Se connecter');
  await page.getByText('ne vous l’a pas redemandée').waitFor();
  await look(page);
  await page.done();
});

test('the_second_factor_is_required_after_the_provider_too', async () => {
  const page = await openAsPerson({
    sub: 'person-2',
    email: 'ana@lyon.example',
    siret: SIRETS.LYON,
  });
  await visit(page, '/compte', 'Mon compte');
  await page.getByRole('button', { name: 'Mettre en place' }).press('Enter');
  await page.getByRole('heading', { name: /Photographiez ce code/ }).waitFor();
  const secret = await page.locator('#second_factor code').textContent();
  await page.getByLabel('Code de vérification').fill(totpCode(secret));
  await page.getByRole('button', { name: 'Confirmer' }).press('Enter');
  await page.getByRole('heading', { name: 'Vos codes de secours' }).waitFor();
  await page.done();

  const again = await open();
  await pressButton(again);
  await ready(again, 'Vérification en deux étapes');
  await again.getByLabel('Code de vérification').fill(totpCode(secret, 1));
  await again.keyboard.press('Enter');
  await ready(again, 'Mes demandes');
  await again.done();
});

test('a_log_out_ends_the_session_at_the_provider_too', async () => {
  const page = await openAsPerson({
    sub: 'person-3',
    email: 'zoe@lille.example',
    siret: SIRETS.LILLE,
  });
  await page.locator('summary', { hasText: 'Camille Martin' }).press('Enter');
  await page.getByRole('button', { name: 'Se déconnecter' }).press('Enter');
  await page.waitForURL(`${provider.issuer}/session/end?**`);
  await page.getByRole('button', { name: 'Me déconnecter partout' }).click();
  await ready(page, /Demander un accès/);
  const before = provider.logins.count;
  await visit(page, '/connexion', 'Se connecter');
  await pressButton(page);
  await ready(page, 'Mes demandes');
  assert.equal(provider.logins.count, before + 1, 'it does not know the person any more');
  await page.done();
});

test('while_the_provider_is_down_a_message_says_so_and_the_password_works', async () => {
  const account = await createAccount(server, { siret: SIRETS.RENNES });
  const page = await open();
  await provider.stop();
  await pressButton(page);
  await page.getByText('Le service du compte API Gouv ne répond pas en ce moment').waitFor();
  await look(page);
  await logIn(page, account);
  await ready(page, 'Mes demandes');
  await provider.start();
  await page.done();
});
