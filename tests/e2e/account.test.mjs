// One's own account and organisation on the screens: second factor, address, members, messages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { openPage } from '../support/browser.mjs';
import { cast, submitRequest } from '../support/requests.mjs';
import { COMPANY, SIRETS } from '../support/sirets.mjs';
import { totpCode } from '../support/totp.mjs';
import { logIn, look, openAs, ready, visit, withBrowser } from './steps.mjs';

let server;
let browser;

withBrowser((started) => ([server, browser] = started));

test('a_second_factor_is_set_up_and_required', async () => {
  const person = await logInAs(server, { siret: SIRETS.LYON });
  const page = await openAs(browser, server, person);
  await visit(page, '/compte', 'Mon compte');
  await page.getByRole('button', { name: 'Mettre en place' }).press('Enter');
  await page.getByRole('heading', { name: /Photographiez ce code/ }).waitFor();
  await page.getByRole('img', { name: /Code à photographier/ }).waitFor();
  await page.waitForFunction(() => document.querySelector('main img').naturalWidth > 0);
  await look(page);
  const secret = await page.locator('#second_factor code').textContent();
  await page.getByLabel('Code de vérification').fill(totpCode(secret));
  await page.getByRole('button', { name: 'Confirmer' }).press('Enter');
  await page.getByRole('heading', { name: 'Vos codes de secours' }).waitFor();
  await look(page);
  const recovery = await page.locator('#second_factor li').first().textContent();
  await page.done();

  const again = await openPage(browser, server.url, { width: 360 });
  await visit(again, '/connexion', 'Se connecter');
  await logIn(again, person);
  await ready(again, 'Vérification en deux étapes');
  await look(again);
  await again.getByLabel('Code de vérification').fill('000000');
  await again.keyboard.press('Enter');
  await again.getByRole('alert').getByText('donnez un code de secours').waitFor();
  await again.getByLabel('Code de vérification').fill(recovery);
  await again.keyboard.press('Enter');
  await ready(again, 'Mes demandes');
  await again.done();
});

test('a_new_address_is_confirmed_through_the_mail', async () => {
  const person = await logInAs(server, { siret: SIRETS.RENNES });
  const page = await openAs(browser, server, person);
  await visit(page, '/compte', 'Mon compte');
  await page.getByLabel('Nouvelle adresse').fill('nouvelle@rennes.example');
  await page.getByRole('button', { name: 'Changer d’adresse' }).press('Enter');
  await page.getByText('Un lien de confirmation attend').waitFor();
  const mail = await server.mailbox.take({ to: 'nouvelle@rennes.example' });
  await page.goto(mail.url);
  await ready(page, 'Confirmer votre nouvelle adresse');
  await page.getByText(`Vous êtes connecté au compte ${person.email}`).waitFor();
  await page.getByText('Sa nouvelle adresse sera nouvelle@rennes.example').waitFor();
  await look(page);
  await page.getByRole('button', { name: 'Confirmer l’adresse' }).press('Enter');
  await ready(page, 'Adresse confirmée');
  await page.getByText('est maintenant nouvelle@rennes.example').waitFor();
  await page.done();
});

test('a_new_address_asks_for_the_session_of_its_account_and_comes_back_from_the_log_in', async () => {
  const person = await logInAs(server, { siret: SIRETS.RENNES });
  const other = await logInAs(server, { siret: SIRETS.RENNES });
  const email = 'ailleurs@rennes.example';
  (await person.client.post('/v1/account/email', { email })).expect(202);
  const mail = await server.mailbox.take({ to: email });
  const page = await openPage(browser, server.url, { width: 360 });
  await page.goto(mail.url);
  await ready(page, 'Confirmer votre nouvelle adresse');
  await page.getByText('Connectez-vous d’abord au compte').waitFor();
  await look(page);
  await page.getByRole('main').getByRole('link', { name: 'Se connecter' }).press('Enter');
  await ready(page, 'Se connecter');
  assert.ok(!page.url().includes(mail.token), 'no secret in the query');
  await logIn(page, other);
  await ready(page, 'Confirmer votre nouvelle adresse');
  await page.getByText(`Vous êtes connecté au compte ${other.email}`).waitFor();
  await page.getByRole('button', { name: 'Confirmer l’adresse' }).press('Enter');
  await page.getByRole('alert').getByText('demandé depuis un autre compte').waitFor();
  await look(page);
  await page.getByRole('link', { name: 'Se connecter avec un autre compte' }).press('Enter');
  await ready(page, 'Se connecter');
  await logIn(page, person);
  await ready(page, 'Confirmer votre nouvelle adresse');
  await page.getByRole('button', { name: 'Confirmer l’adresse' }).press('Enter');
  await ready(page, 'Adresse confirmée');
  await page.goto('/adresse');
  await page.getByText('Ouvrez le lien reçu').waitFor();
  await page.done();
});

test('members_are_listed_reported_and_leave', async () => {
  const person = await logInAs(server, { siret: COMPANY, givenName: 'Léa' });
  await logInAs(server, { siret: COMPANY, givenName: 'Inconnu' });
  const page = await openAs(browser, server, person, { width: 360 });
  await visit(page, '/organisation', 'Mon organisation');
  await look(page);
  await page.getByRole('button', { name: /Je ne connais pas cette personne/ }).press('Enter');
  const report = page.getByRole('dialog', { name: /Signaler Inconnu/ });
  await report.getByLabel('Ce que vous savez').fill('Personne de ce nom ici.');
  await look(page);
  await report.getByRole('button', { name: 'Signaler au support' }).press('Enter');
  await report.waitFor({ state: 'detached' });

  await page.getByLabel('SIRET, nom ou commune').fill(SIRETS.NANTES);
  await page
    .getByText(/^SIRET 440|^SIRET 214/)
    .last()
    .waitFor();
  await page.getByRole('button', { name: 'Rejoindre cette organisation' }).press('Enter');
  await page.getByRole('heading', { name: 'Vos autres rattachements' }).waitFor();
  await look(page);
  await page.getByRole('button', { name: 'Quitter cette organisation' }).last().press('Enter');
  const leave = page.getByRole('dialog', { name: /Quitter/ });
  await leave.getByRole('button', { name: 'Quitter l’organisation' }).press('Enter');
  await page
    .getByRole('heading', { name: 'Vos autres rattachements' })
    .waitFor({ state: 'detached' });
  await page.done();
});

test('a_message_is_read_answered_and_counted', async () => {
  const { applicant, instructor, domain } = await cast(server);
  const request = await submitRequest(applicant.client, { domain });
  const body = 'Quel article ?\n<img src=x onerror=alert(1)>';
  (await instructor.client.post(`/v1/requests/${request.id}/messages`, { body })).expect(201);
  const page = await openAs(browser, server, applicant);
  await page.getByText('un message non lu').waitFor();
  await visit(page, `/demandes/${request.id}`, /aides/);
  await page.getByRole('tab', { name: 'Messages (1 non lu)' }).press('Enter');
  await page.getByText('<img src=x onerror=alert(1)>').waitFor();
  await page.getByLabel('Votre message').fill('L’article R. 2143-13.');
  await look(page);
  await page.getByRole('button', { name: 'Envoyer le message' }).press('Enter');
  await page.getByText('L’article R. 2143-13.').first().waitFor();
  await visit(page, '/demandes', 'Mes demandes');
  assert.equal(await page.getByText('un message non lu').count(), 0);
  await page.done();
});
