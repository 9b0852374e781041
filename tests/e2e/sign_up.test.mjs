// From a stranger to a person who is logged in, on the screens and through the mail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAccount } from '../support/accounts.mjs';
import { launchBrowser, openPage } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { focused, logIn, look, openAs, ready, visit } from './steps.mjs';

const PASSWORD = 'une tasse bleue au bord du quai';
let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function fillSignUp(page, { siret, email }) {
  await page.getByLabel('SIRET, nom ou commune').fill(siret);
  await page.getByText(/^SIRET \d/).waitFor();
  await page.getByLabel('Prénom').fill('Noé');
  await page.getByLabel('Nom', { exact: true }).fill('D’Août');
  await page.getByLabel('Adresse e-mail professionnelle').fill(email);
  await page.getByLabel('Mot de passe', { exact: true }).fill(PASSWORD);
}

for (const width of [360, 1280]) {
  test(`signs_up_activates_and_logs_in_at_${width}_px`, async () => {
    const page = await openPage(browser, server.url, { width });
    const email = `noe${width}@annecy${width}.example`;
    const siret = width === 360 ? SIRETS.ANNECY : SIRETS.RENNES;
    await visit(page, '/inscription', 'Créer un compte');
    await fillSignUp(page, { siret: siret.replace(/(\d{3})(\d{3})(\d{3})/, '$1 $2 $3 '), email });
    await page.getByText('vous serez le premier').waitFor();
    await look(page);
    await page.getByRole('button', { name: 'Créer mon compte' }).press('Enter');
    await ready(page, 'Vérifiez votre messagerie');
    await look(page);

    const mail = await server.mailbox.take({ to: email });
    await page.goto(mail.url);
    await ready(page, 'Activer votre compte');
    await look(page);
    await page.getByRole('button', { name: 'Activer mon compte' }).press('Enter');
    await ready(page, 'Votre compte est actif');
    assert.equal(await focused(page), 'h1');
    assert.equal(new URL(page.url()).hash, '');
    await page.getByRole('main').getByRole('link', { name: 'Se connecter' }).press('Enter');
    await ready(page, 'Se connecter');
    await logIn(page, { email, password: PASSWORD });
    await ready(page, 'Mes demandes');
    await look(page);
    await page.done();
  });
}

test('a_used_link_is_refused_with_a_way_on', async () => {
  const page = await openPage(browser, server.url);
  const email = 'deux@nantes.example';
  await visit(page, '/inscription', 'Créer un compte');
  await fillSignUp(page, { siret: SIRETS.NANTES, email });
  await page.getByRole('button', { name: 'Créer mon compte' }).click();
  const mail = await server.mailbox.take({ to: email });
  for (const heading of ['Votre compte est actif', 'Activer votre compte']) {
    await page.goto('/');
    await page.goto(mail.url);
    await page.getByRole('button', { name: 'Activer mon compte' }).click();
    await ready(page, heading);
  }
  await page.getByText('Ce lien a déjà servi').waitFor();
  await look(page);
  await page.done();
});

test('says_before_sending_that_the_domain_is_not_known', async () => {
  await createAccount(server, { siret: SIRETS.LILLE, domain: 'lille.example' });
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  await fillSignUp(page, { siret: SIRETS.LILLE, email: 'x@ailleurs.example' });
  await page.getByText('n’est pas encore connu de cette organisation').waitFor();
  await page.getByRole('button', { name: 'Créer mon compte' }).click();
  await page.getByText('le rattachement restera en attente').waitFor();
  const mail = await server.mailbox.take({ to: 'x@ailleurs.example' });
  await page.goto(mail.url);
  await page.getByRole('button', { name: 'Activer mon compte' }).click();
  await ready(page, /votre rattachement est en attente/);
  await look(page);
  await page.done();
});

test('finds_an_organisation_by_its_name', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  await page.getByLabel('SIRET, nom ou commune').fill('clamart');
  await page.keyboard.press('Enter');
  await page.getByRole('radio', { name: 'Clamart', exact: true }).first().check();
  await page.getByText('elle peut demander un accès').waitFor();
  await look(page);
  await page.done();
});

const WRONG_SIRETS = {
  1300252650001: 'Un SIRET compte 14 chiffres ; vous en avez saisi 13',
  130025265000133: 'vous en avez saisi 15',
  12345678901234: 'un chiffre est sans doute faux',
  '00000000000000': 'un chiffre est sans doute faux',
  55837874100737: 'inconnu du répertoire',
};

test('each_wrong_siret_has_its_own_sentence', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  for (const [siret, sentence] of Object.entries(WRONG_SIRETS)) {
    await page.getByLabel('SIRET, nom ou commune').fill(siret);
    await page.getByRole('button', { name: 'Chercher' }).click();
    await page.getByRole('paragraph').filter({ hasText: sentence }).first().waitFor();
  }
  await page.done();
});

test('all_errors_at_once_and_each_leads_to_its_field', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  await page.getByRole('button', { name: 'Créer mon compte' }).click();
  const summary = page.getByRole('alert');
  await summary.getByText('5 points sont à corriger').waitFor();
  await look(page);
  await summary.getByRole('link', { name: /Prénom/ }).press('Enter');
  assert.equal(await page.getByLabel('Prénom').evaluate((e) => e === document.activeElement), true);
  await page.done();
});

test('what_was_typed_survives_a_reload_but_not_the_password', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  await page.getByLabel('Prénom').fill('Zoé 🦉');
  await page.getByLabel('Mot de passe', { exact: true }).fill(PASSWORD);
  await page.reload();
  await ready(page, 'Créer un compte');
  assert.equal(await page.getByLabel('Prénom').inputValue(), 'Zoé 🦉');
  assert.equal(await page.getByLabel('Mot de passe', { exact: true }).inputValue(), '');
  await page.done();
});

test('a_forgotten_password_is_replaced_through_the_mail', async () => {
  const account = await createAccount(server, { siret: SIRETS.LYON });
  const page = await openPage(browser, server.url);
  await visit(page, '/mot-de-passe', 'Mot de passe oublié');
  await page.getByLabel('Adresse e-mail').fill(account.email);
  await page.keyboard.press('Enter');
  await ready(page, 'Vérifiez votre messagerie');
  const mail = await server.mailbox.take({ to: account.email });
  await page.goto(mail.url);
  await ready(page, 'Choisir un nouveau mot de passe');
  await page.getByLabel('Nouveau mot de passe').fill('trop court');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('12 à 128 caractères').waitFor();
  await page.getByLabel('Nouveau mot de passe').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await ready(page, 'Mot de passe changé');
  await page.done();
  const again = await openAs(browser, server, { email: account.email, password: PASSWORD });
  await again.done();
});
