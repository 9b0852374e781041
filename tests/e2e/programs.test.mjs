// The page for programs: a client and its rights, for one's organisation or for the instruction of a
// product; secrets shown once and replaced without a gap; webhooks.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createAccount, logInAs } from '../support/accounts.mjs';
import { launchBrowser, openPage } from '../support/browser.mjs';
import { sign } from '../support/listener.mjs';
import { createProgram } from '../support/programs.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { look, openAs, ready, visit } from './steps.mjs';

const PRODUCT = 'api-entreprise';
let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const cardOf = (page, name) => page.getByRole('article').filter({ hasText: name });
/** The box of a secret shown once: what stands in its second row. */
const shownSecret = async (page, label) => {
  const box = page.locator('.card').filter({ hasText: 'Copiez ce secret maintenant' });
  await box.filter({ hasText: label }).waitFor();
  return box.locator('code').last().textContent();
};

async function accessToken(id, secret) {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: id,
    client_secret: secret,
  });
  return (await server.client().post('/v1/oauth/token', form)).expect(200).body;
}

test('a_client_gets_the_selected_scopes_and_a_second_secret', async () => {
  const person = await createAccount(server, { siret: SIRETS.CLAMART });
  const page = await openAs(browser, server, person);
  await visit(page, '/programmes?onglet=clients', 'Pour les programmes');
  await page.getByLabel('Nom').fill('Renouvellement');
  assert.equal(await page.getByLabel('usage:write').count(), 0, 'for managers alone');
  await page.getByLabel('tokens:read').check();
  await page.getByLabel('tokens:write').check();
  await look(page);
  await page.getByRole('button', { name: 'Créer le client' }).press('Enter');
  const card = cardOf(page, 'Renouvellement');
  const id = await card.locator('code').first().textContent();
  const first = await shownSecret(page, id);
  assert.equal((await accessToken(id, first)).scope, 'tokens:read tokens:write');

  await card.getByRole('link', { name: 'Renouvellement' }).press('Enter');
  await ready(page, 'Renouvellement');
  await page.getByRole('button', { name: 'Ajouter un second secret' }).press('Enter');
  const adding = page.getByRole('dialog');
  await adding.getByLabel('Dernier jour du secret').fill('2027-06-30');
  await adding.getByRole('button', { name: 'Ajouter un second secret' }).press('Enter');
  await page.getByRole('button', { name: 'Retirer ce secret' }).first().waitFor();
  const second = await shownSecret(page, id);
  assert.notEqual(second, first);
  await page.locator('time[datetime^="2027-06-30"]').waitFor();
  await accessToken(id, first);
  await accessToken(id, second);
  assert.equal(await page.getByRole('button', { name: 'Ajouter un second secret' }).count(), 0);
  await look(page);
  await page.getByRole('button', { name: 'Retirer ce secret' }).first().press('Enter');
  const dropping = page.getByRole('dialog');
  await dropping.getByRole('button', { name: 'Retirer ce secret' }).press('Enter');
  await page.getByRole('button', { name: 'Ajouter un second secret' }).waitFor();
  await accessToken(id, second);

  await page.getByLabel('Nom').fill('Renouvellement des jetons');
  await page.getByLabel('tokens:read').uncheck();
  await page.getByRole('button', { name: 'Enregistrer' }).press('Enter');
  await ready(page, 'Renouvellement des jetons');
  assert.equal((await accessToken(id, second)).scope, 'tokens:write');
  await page.getByRole('button', { name: 'Supprimer ce programme' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Supprimer' }).press('Enter');
  await ready(page, 'Pour les programmes');
  await page.done();
});

test('a_colleague_is_invited_accepts_and_one_leaves', async () => {
  const siret = SIRETS.RENNES;
  const [maker, colleague] = [
    await logInAs(server, { siret }),
    await logInAs(server, { siret, familyName: 'Moreau' }),
  ];
  const { id } = await createProgram(maker, { name: 'Relevé', siret, scopes: ['tokens:read'] });
  const page = await openAs(browser, server, maker);
  await visit(page, `/programmes/${id}`, 'Relevé');
  await page.getByRole('button', { name: 'Inviter une personne' }).press('Enter');
  const inviting = page.getByRole('dialog');
  await inviting.getByLabel('Adresse e-mail').fill('personne@ailleurs.example');
  await inviting.getByRole('button', { name: 'Inviter une personne' }).press('Enter');
  await inviting.getByText('Aucun membre actif').first().waitFor();
  await inviting.getByLabel('Adresse e-mail').fill(colleague.email);
  await inviting.getByRole('button', { name: 'Inviter une personne' }).press('Enter');
  await page.getByRole('button', { name: 'Retirer l’invitation' }).waitFor();

  const theirs = await openAs(browser, server, colleague);
  await visit(theirs, '/programmes?onglet=clients', 'Pour les programmes');
  await cardOf(theirs, 'Relevé').getByText('Vous êtes invité').waitFor();
  const { url } = await server.mailbox.take({ to: colleague.email, subject: /invitation/ });
  await visit(theirs, new URL(String(url)).pathname, 'Relevé');
  await look(theirs);
  await theirs.getByRole('button', { name: 'Accepter' }).press('Enter');
  await theirs.getByRole('dialog').getByRole('button', { name: 'Accepter' }).press('Enter');
  await theirs.getByRole('button', { name: 'Me retirer' }).waitFor();

  await page.reload();
  await ready(page, 'Relevé');
  await page.getByRole('button', { name: 'Me retirer' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Me retirer' }).press('Enter');
  await page.getByText('demandez une invitation').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Inviter une personne' }).count(), 0);
  await theirs.getByRole('button', { name: 'Me retirer' }).press('Enter');
  const last = theirs.getByRole('dialog');
  await last.getByRole('button', { name: 'Me retirer' }).press('Enter');
  await last.getByText('la dernière personne responsable').waitFor();
  await page.done();
  await theirs.done();
});

test('a_program_that_nobody_answers_for_is_taken_over', async () => {
  const siret = SIRETS.RENNES;
  const [maker, next] = [await logInAs(server, { siret }), await logInAs(server, { siret })];
  const program = await createProgram(maker, { name: 'Orphelin', siret, scopes: ['tokens:read'] });
  await server.database.sql(
    `update membership set state = 'left' where account_id = '${maker.session.account.id}'`,
  );
  const page = await openAs(browser, server, next);
  await visit(page, '/programmes?onglet=clients', 'Pour les programmes');
  await cardOf(page, 'Orphelin').getByText('arrêté').waitFor();
  await cardOf(page, 'Orphelin').getByRole('link', { name: 'Orphelin' }).press('Enter');
  await ready(page, 'Orphelin');
  await look(page);
  await page.getByRole('button', { name: 'Reprendre ce programme' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Reprendre ce programme' }).press('Enter');
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Les garder').check();
  await dialog.getByRole('button', { name: 'Reprendre ce programme' }).press('Enter');
  await page.getByText('en service').waitFor();
  await page.getByRole('button', { name: 'Me retirer' }).waitFor();
  await accessToken(program.id, program.secret);
  await page.done();
});

test('a_manager_creates_a_client_and_a_webhook_for_a_product', async () => {
  const manager = await createAccount(server, {
    siret: SIRETS.DINUM,
    role: `manager:${PRODUCT}`,
  });
  const page = await openAs(browser, server, manager);
  await visit(page, '/programmes?onglet=clients', 'Pour les programmes');
  await page.getByLabel('Nom').fill('Passerelle du produit');
  await page.getByLabel('Agit pour').selectOption(PRODUCT);
  await page.getByLabel('usage:write').check();
  await page.getByRole('button', { name: 'Créer le client' }).press('Enter');
  await cardOf(page, 'Passerelle du produit').getByText(PRODUCT, { exact: true }).waitFor();

  await visit(page, '/programmes?onglet=webhooks', 'Pour les programmes');
  await page.getByLabel('Agit pour').selectOption('all');
  await page.getByRole('textbox', { name: /^Adresse/ }).fill('https://exemple.example/guichet');
  await page.getByLabel('Un jeton est révoqué').check();
  await page.getByRole('button', { name: 'Ajouter le webhook' }).press('Enter');
  const card = cardOf(page, 'https://exemple.example/guichet');
  await card.getByText('toutes les demandes du produit').waitFor();
  await card.getByRole('button', { name: 'Ajouter un second secret' }).press('Enter');
  const adding = page.getByRole('dialog');
  await adding.getByRole('button', { name: 'Ajouter un second secret' }).press('Enter');
  await card.getByRole('button', { name: 'Retirer ce secret' }).first().waitFor();
  await look(page);
  const client = server.client();
  await client.logIn(manager.email, manager.password);
  assert.equal((await client.get('/v1/webhooks')).body.items[0].secrets.length, 2);
  await page.done();
});

test('the_sample_code_for_webhooks_verifies_signatures', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/programmes', 'Pour les programmes');
  await look(page);
  const code = await page.locator('pre').filter({ hasText: 'function isGenuine' }).textContent();
  const folder = await mkdtemp('/tmp/guichet-test-');
  try {
    const file = join(folder, 'genuine.mjs');
    await writeFile(file, String(code));
    const { isGenuine } = await import(file);
    process.env.WEBHOOK_SECRET = 'un secret de webhook';
    const body = '{"event":"token.revoked"}';
    const now = Math.floor(Date.now() / 1000);
    const header = (at, ...secrets) => [
      `t=${at}`,
      ...secrets.map((s) => `v1=${sign(s, at, body)}`),
    ];
    const told = (at, ...secrets) => isGenuine(header(at, ...secrets).join(','), Buffer.from(body));
    assert.equal(told(now, process.env.WEBHOOK_SECRET), true);
    assert.equal(told(now, 'le nouveau', process.env.WEBHOOK_SECRET), true);
    assert.equal(told(now, 'un autre'), false);
    assert.equal(told(now - 301, process.env.WEBHOOK_SECRET), false);
    assert.equal(isGenuine(`t=${now},v1=ab`, Buffer.from(body)), false);
  } finally {
    await rm(folder, { recursive: true });
  }
  await page.done();
});
