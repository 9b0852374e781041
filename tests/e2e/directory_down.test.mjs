// While the directory of establishments is away: people sign up all the same, and read what waits for it. Where it says
// that an establishment is closed, the one that took its place is a press away.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
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

/** From the form of the sign-up, filled in, to the first page of the account. */
async function signUpAndLogIn(page, program, email) {
  await page.getByRole('button', { name: 'Créer mon compte' }).press('Enter');
  await ready(page, 'Vérifiez votre messagerie');
  const mail = await program.mailbox.take({ to: email });
  await page.goto(mail.url);
  await page.getByLabel('Mot de passe', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Activer mon compte' }).press('Enter');
  await ready(page, 'Votre compte est actif');
  await visit(page, '/connexion', 'Se connecter');
  await logIn(page, { email, password: PASSWORD });
  await ready(page, 'Mes demandes');
}

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
  await signUpAndLogIn(page, server, email);

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

/** INSEE's directory with one closed establishment, which lives on in another one. */
async function startDirectory(t) {
  const names = {
    [SIRETS.ANNECY]: 'COMMUNE DE SEYNOD',
    [SIRETS.LYON]: 'COMMUNE D’ANNECY NOUVELLE',
  };
  const remote = http.createServer((req, res) => {
    const siret = /^\/siret\/(\d{14})$/.exec(req.url)?.[1];
    const body = siret
      ? {
          etablissement: {
            siret,
            uniteLegale: {
              categorieJuridiqueUniteLegale: '7210',
              denominationUniteLegale: names[siret],
            },
            adresseEtablissement: { libelleCommuneEtablissement: 'ANNECY' },
            periodesEtablissement: [
              {
                dateFin: null,
                etatAdministratifEtablissement: siret === SIRETS.ANNECY ? 'F' : 'A',
              },
            ],
          },
        }
      : { liensSuccession: [{ siretEtablissementSuccesseur: SIRETS.LYON }] };
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  remote.listen(0, '127.0.0.1');
  await once(remote, 'listening');
  t.after(() => {
    remote.closeAllConnections();
    remote.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (remote.address());
  return {
    GUICHET_DIRECTORY: 'insee',
    GUICHET_DIRECTORY_URL: `http://127.0.0.1:${port}`,
    GUICHET_DIRECTORY_KEY: 'key',
  };
}

test('a_replaced_establishment_offers_the_one_that_took_its_place', async (t) => {
  const merged = await startServer({ env: await startDirectory(t) });
  t.after(() => merged.stop());
  const page = await openPage(browser, merged.url, { width: 360 });
  await visit(page, '/inscription', 'Créer un compte');
  const field = page.getByLabel('SIRET, nom ou commune');
  await field.fill(SIRETS.ANNECY);
  await page.getByText(/a été remplacé par COMMUNE D’ANNECY NOUVELLE \(SIRET [\d\s]+\)/).waitFor();
  await look(page);
  const take = page.getByRole('button', { name: /^Choisir le SIRET/ });
  await take.press('Enter');
  await page.locator('.establishment-name', { hasText: 'ANNECY NOUVELLE' }).waitFor();
  assert.equal(await field.inputValue(), SIRETS.LYON);
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'INPUT');

  const email = 'ada@seynod.example';
  await field.fill(SIRETS.ANNECY);
  await take.waitFor();
  await page.getByLabel('Prénom').fill('Ada');
  await page.getByLabel('Nom', { exact: true }).fill('Roux');
  await page.getByLabel('Adresse e-mail professionnelle').fill(email);
  await signUpAndLogIn(page, merged, email);
  await visit(page, '/organisation', 'Mon organisation');
  await page.getByText(/a été remplacé par COMMUNE D’ANNECY NOUVELLE/).waitFor();
  await look(page);
  await take.press('Enter');
  await page.locator('.establishment-name', { hasText: 'ANNECY NOUVELLE' }).waitFor();
  await page.getByRole('button', { name: 'Rejoindre cette organisation' }).press('Enter');
  await page.locator('main').getByText('COMMUNE D’ANNECY NOUVELLE').first().waitFor();
  await page.done();
});
