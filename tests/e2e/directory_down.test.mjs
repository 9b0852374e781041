// While the directory of establishments is away: people sign up all the same, and read what waits for it.
import { after, before, test } from 'node:test';
import { PASSWORD } from '../support/accounts.mjs';
import { launchBrowser, openPage } from '../support/browser.mjs';
import { freePort } from '../support/ports.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { logIn, look, ready, visit } from './steps.mjs';

let server;
let browser;

before(async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const env = {
    GUICHET_DIRECTORY: 'insee',
    GUICHET_DIRECTORY_URL: nobody,
    GUICHET_DIRECTORY_KEY: 'key',
  };
  [server, browser] = await Promise.all([startServer({ env }), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test('sign_up_by_siret_shows_what_waits_for_the_directory', async () => {
  const email = 'noe@annecy.example';
  const page = await openPage(browser, server.url, { width: 360 });
  await visit(page, '/inscription', 'Créer un compte');
  await page.getByLabel('SIRET, nom ou commune').fill(SIRETS.ANNECY);
  await page.getByText('Le répertoire ne répond pas en ce moment').waitFor();
  await page.getByLabel('Prénom').fill('Noé');
  await page.getByLabel('Nom', { exact: true }).fill('D’Août');
  await page.getByLabel('Adresse e-mail professionnelle').fill(email);
  await look(page);
  page.complaints.length = 0; // Chromium names each answer of 500 and above
  await page.getByRole('button', { name: 'Créer mon compte' }).press('Enter');
  await ready(page, 'Vérifiez votre messagerie');
  const mail = await server.mailbox.take({ to: email });
  await page.goto(mail.url);
  await page.getByLabel('Mot de passe', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Activer mon compte' }).press('Enter');
  await ready(page, 'Votre compte est actif');
  await visit(page, '/connexion', 'Se connecter');
  await logIn(page, { email, password: PASSWORD });
  await ready(page, 'Mes demandes');

  await visit(page, '/organisation', 'Mon organisation');
  await page
    .getByText(/complét/)
    .first()
    .waitFor();
  await look(page);
  await visit(page, '/demandes/nouvelle?produit=api-entreprise&cas=marches-publics', /demande/);
  await look(page);
  await page.getByRole('main').getByRole('button').last().press('Enter');
  await page.getByText('n’a pas encore confirmé').first().waitFor();
  await look(page);
  await page.done();
});
