// Stopping an account, on the screens: looked up, suspended, told at log-in, given back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccount, logInAs } from '../support/accounts.mjs';
import { openPage } from '../support/browser.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { totpCode } from '../support/totp.mjs';
import { logIn, look, openAs, ready, visit, withBrowser } from './steps.mjs';

const DINUM = { siret: SIRETS.DINUM, domain: 'dinum.example' };
let server;
let browser;
withBrowser((started) => ([server, browser] = started), {
  env: { GUICHET_SUPPORT_EMAIL: 'aide@guichet.example' },
});

/** Presses a button of the page, then the one of the dialog, and waits until the page is drawn again. */
async function confirm(page, button, fill = async () => {}) {
  await page.getByRole('main').getByRole('button', { name: button }).press('Enter');
  const dialog = page.getByRole('dialog');
  await fill(dialog);
  await look(page);
  await dialog.getByRole('button').first().press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.locator('main:not([aria-busy]) h1').waitFor();
}

test('an_administrator_suspends_an_account_and_gives_it_back', async () => {
  const admin = await createAccount(server, { ...DINUM, role: 'admin', familyName: 'Roux' });
  const person = await createAccount(server, {
    domain: 'ville-ecran.example',
    familyName: 'Le Goff',
  });
  const page = await openAs(browser, server, admin);
  await visit(page, '/support', 'Support');
  await page.getByRole('link', { name: 'Chercher un compte' }).press('Enter');
  await ready(page, 'Comptes');
  await page.getByLabel(/Nom ou adresse/).fill('le');
  await page.keyboard.press('Enter');
  await page.getByText('Écrivez au moins trois caractères').waitFor();
  await page.getByLabel(/Nom ou adresse/).fill('ville-ecran');
  await page.keyboard.press('Enter');
  await look(page);
  await page.getByRole('link', { name: 'Camille Le Goff' }).press('Enter');
  await ready(page, 'Camille Le Goff');
  await look(page);
  await confirm(page, 'Suspendre', (dialog) =>
    dialog.getByLabel('Motif').fill('Le compte semble avoir été pris.'),
  );
  await page.getByText('Motif : Le compte semble avoir été pris.').waitFor();
  await look(page);

  const theirs = await openPage(browser, server.url);
  await visit(theirs, '/connexion', 'Se connecter');
  await logIn(theirs, person);
  await theirs.getByText(/Votre compte est suspendu.*aide@guichet\.example/).waitFor();
  await look(theirs);

  await confirm(page, 'Lever la suspension');
  await page.getByRole('button', { name: 'Suspendre' }).waitFor();
  await theirs.getByLabel('Mot de passe').fill(person.password);
  await theirs.keyboard.press('Enter');
  await ready(theirs, 'Mes demandes');
  await theirs.done();
  await page.done();
});

test('support_ends_a_membership_and_an_administrator_removes_a_second_factor', async () => {
  const admin = await createAccount(server, { ...DINUM, role: 'admin', familyName: 'Haddad' });
  const person = await logInAs(server, { domain: 'ville-facteur.example', familyName: 'Martin' });
  const { secret } = (await person.client.post('/v1/account/second-factor')).expect(201).body;
  const code = totpCode(secret);
  (await person.client.post('/v1/account/second-factor/confirmation', { code })).expect(200);
  const page = await openAs(browser, server, admin);
  await visit(page, `/comptes/${person.session.account.id}`, 'Camille Martin');
  await confirm(page, 'Retirer le second facteur', (dialog) =>
    dialog.getByLabel('Motif').fill('Téléphone perdu.'),
  );
  await page.getByText(/a demandé le retrait du second facteur/).waitFor();
  assert.equal(await page.getByRole('button', { name: /Confirmer le retrait/ }).count(), 0);
  await look(page);
  await page.getByRole('button', { name: 'Annuler le retrait' }).press('Enter');
  await page.getByText(/a demandé le retrait/).waitFor({ state: 'detached' });
  await confirm(page, /Mettre fin/, (dialog) => dialog.getByLabel('Motif').fill('Est partie.'));
  await page.getByText('Est partie.').waitFor();
  await look(page);
  await page.done();
});
