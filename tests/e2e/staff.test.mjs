// Who of the staff may do what, on the screens: roles given and withdrawn, and the second factor that
// they may ask for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAccount, logInAs } from '../support/accounts.mjs';
import { launchBrowser } from '../support/browser.mjs';
import { cast, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { totpCode } from '../support/totp.mjs';
import { waitFor } from '../support/wait.mjs';
import { look, openAs, ready, visit } from './steps.mjs';

const PRODUCT = 'api-entreprise';
let server;
let strict;
let browser;

before(async () => {
  [server, strict, browser] = await Promise.all([
    startServer(),
    startServer({ env: { GUICHET_STAFF_SECOND_FACTOR: 'on' } }),
    launchBrowser(),
  ]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await strict?.stop();
});

const rowOf = (page, name) => page.getByRole('row').filter({ hasText: name });

test('a_manager_grants_and_withdraws_roles_of_the_product_except_their_own', async () => {
  const manager = await createAccount(server, {
    siret: SIRETS.DINUM,
    role: `manager:${PRODUCT}`,
    familyName: 'Haddad',
  });
  await createAccount(server, { siret: SIRETS.DINUM, role: 'support', familyName: 'Roux' });
  const colleague = await createAccount(server, { siret: SIRETS.DINUM, familyName: 'Petit' });
  const page = await openAs(browser, server, manager);
  await visit(page, '/equipe', 'Équipe');
  await rowOf(page, 'Haddad').getByText('une autre personne doit agir').waitFor();
  assert.equal(await rowOf(page, 'Haddad').getByRole('button').count(), 0);
  assert.equal(await rowOf(page, 'Roux').count(), 0, 'support is not of the product');
  assert.deepEqual(await page.getByLabel('Rôle').locator('option').allTextContents(), [
    'rapporteur (lit)',
    'instructeur',
    'responsable',
  ]);

  await page.getByLabel('Adresse e-mail').fill('personne@dinum.example');
  await page.getByRole('button', { name: 'Donner ce rôle' }).press('Enter');
  await page.getByRole('alert').getByRole('link').waitFor();
  await look(page);
  await page.getByLabel('Adresse e-mail').fill(colleague.email);
  await page.getByLabel('Rôle').selectOption('instructor');
  await page.getByRole('button', { name: 'Donner ce rôle' }).press('Enter');
  await rowOf(page, 'Petit').getByText('instructeur').waitFor();
  await look(page);

  await rowOf(page, 'Petit')
    .getByRole('button', { name: /Retirer/ })
    .press('Enter');
  const dialog = page.getByRole('dialog', { name: /Retirer à Camille Petit/ });
  await look(page);
  await dialog.getByRole('button', { name: 'Retirer' }).press('Enter');
  await rowOf(page, 'Petit').waitFor({ state: 'detached' });
  await page.done();
});

test('the_last_administrator_cannot_be_removed', async () => {
  const admin = await createAccount(server, { siret: SIRETS.DINUM, role: 'admin' });
  const page = await openAs(browser, server, admin, { width: 360 });
  await visit(page, '/equipe', 'Équipe');
  await look(page);
  await visit(page, '/compte', 'Mon compte');
  await page.getByRole('button', { name: 'Supprimer mon compte' }).press('Enter');
  await page.getByLabel(/recopiez votre adresse/).fill(admin.email);
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('C’est le dernier compte administrateur').waitFor();
  await look(page);
  await page.done();
});

test('a_role_gives_no_access_before_the_second_factor_where_required', async () => {
  const support = await createAccount(strict, { siret: SIRETS.DINUM, role: 'support' });
  const page = await openAs(browser, strict, support);
  await page.goto('/support');
  await ready(page, 'Protégez d’abord votre compte');
  await look(page);
  await page.getByRole('link', { name: /^Mettre en place/ }).press('Enter');
  await ready(page, 'Mon compte');
  await page.getByText('Votre rôle exige cette vérification').waitFor();
  await page.getByRole('button', { name: 'Mettre en place' }).press('Enter');
  await page.getByRole('heading', { name: /Photographiez ce code/ }).waitFor();
  const secret = await page.locator('#second_factor code').textContent();
  await page.getByLabel('Code de vérification').fill(totpCode(secret));
  await page.getByRole('button', { name: 'Confirmer' }).press('Enter');
  await page.getByRole('heading', { name: 'Vos codes de secours' }).waitFor();
  await visit(page, '/support', 'Support');
  await page.done();
});

test('sessions_are_listed_and_all_of_them_ended', async () => {
  const person = await logInAs(server, { siret: SIRETS.LYON });
  const page = await openAs(browser, server, person);
  await visit(page, '/compte', 'Mon compte');
  await page.getByText('(celui-ci)').waitFor();
  await page.getByRole('button', { name: 'Se déconnecter partout' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await look(page);
  await dialog.getByRole('button', { name: 'Se déconnecter partout' }).press('Enter');
  await ready(page, 'Se connecter');
  (await person.client.get('/v1/account')).expect(401);
  await page.done();
});

test('the_password_is_changed_with_the_current_one', async () => {
  const person = await createAccount(server, { siret: SIRETS.LYON });
  const page = await openAs(browser, server, person);
  await visit(page, '/compte', 'Mon compte');
  const next = 'girafe-turquoise-77-Mistral';
  await page.getByLabel('Mot de passe actuel').fill('ce-n-est-pas-lui');
  await page.getByLabel('Nouveau mot de passe').fill(next);
  await page.getByRole('button', { name: 'Changer le mot de passe' }).press('Enter');
  await page.getByRole('alert').getByText('pas votre mot de passe actuel').waitFor();
  await page.getByLabel('Mot de passe actuel').fill(person.password);
  await page.getByRole('button', { name: 'Changer le mot de passe' }).press('Enter');
  await server.mailbox.take({ to: person.email, subject: /mot de passe a changé/ });
  await page.done();
  const again = await openAs(browser, server, { email: person.email, password: next });
  await again.done();
});

test('the_audit_is_shown_in_words_and_filtered_by_act', async () => {
  const admin = await createAccount(server, { siret: SIRETS.DINUM, role: 'admin' });
  const page = await openAs(browser, server, admin);
  await visit(page, '/journal', 'Journal');
  await rowOf(page, 'Connexion').first().waitFor();
  await page.getByLabel('Acte').selectOption({ label: 'Compte créé en ligne de commande' });
  await page.getByRole('button', { name: 'Chercher' }).press('Enter');
  await rowOf(page, 'Connexion').first().waitFor({ state: 'detached' });
  const acts = await page.getByRole('rowheader').allTextContents();
  assert.ok(acts.length > 0);
  assert.deepEqual([...new Set(acts)], ['Compte créé en ligne de commande']);
  assert.match(page.url(), /acte=account\.provision/);
  await look(page);
  await page.done();
});

test('the_access_log_says_who_read_what_and_the_person_concerned_by_which_service', async () => {
  const { applicant, instructor, domain } = await cast(server);
  const admin = await createAccount(server, { siret: SIRETS.DINUM, role: 'admin' });
  const { id, number } = await submitRequest(applicant.client, { domain });
  (await instructor.client.get(`/v1/requests/${id}`)).expect(200);
  await waitFor('the look', async () => {
    const { body } = (await applicant.client.get('/v1/account/access-log')).expect(200);
    return body.items.length === 1;
  });
  const page = await openAs(browser, server, admin);
  await visit(page, '/journal', 'Journal');
  await page.getByRole('link', { name: 'Voir les consultations' }).press('Enter');
  await page.getByLabel('Qui').fill(instructor.email);
  await page.getByLabel('Demande').fill(number);
  await page.getByLabel('Consultation').selectOption({ label: 'Demande lue' });
  await page.getByRole('button', { name: 'Chercher' }).press('Enter');
  await waitFor(
    'what the filters leave',
    async () => (await page.getByRole('rowheader').count()) === 1,
  );
  await rowOf(page, number).getByText('127.0.0.1').waitFor();
  await look(page);
  await page.getByLabel('Jusqu’au').fill('2020-01-01');
  await page.getByRole('button', { name: 'Chercher' }).press('Enter');
  await page.getByText('Aucune consultation').waitFor();

  const support = await logInAs(server, { siret: SIRETS.DINUM, role: 'support' });
  (await support.client.get('/v1/accounts?q=Quetzalcoat')).expect(200);
  await visit(page, '/consultations', 'Consultations');
  await page.getByLabel('Texte cherché').fill('qu');
  await page.getByRole('button', { name: 'Chercher' }).press('Enter');
  await page.getByText('au moins trois').waitFor();
  await look(page);
  await waitFor('the look', async () => {
    await page.getByLabel('Texte cherché').fill('quetzalcoat');
    await page.getByRole('button', { name: 'Chercher' }).press('Enter');
    return (await rowOf(page, 'Compte cherché').count()) === 1;
  });
  await rowOf(page, 'Compte cherché').getByText('sous forme d’empreinte').waitFor();
  await look(page);
  await page.done();

  const own = await openAs(browser, server, applicant);
  await visit(own, '/compte', 'Mon compte');
  await rowOf(own, number).getByText('Instruction, api-entreprise').waitFor();
  await look(own);
  await own.done();
});
