// The page for programs: a client and its rights, for one's organisation or for the instruction of a
// product; secrets shown once and replaced without a gap; webhooks.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createAccount } from '../support/accounts.mjs';
import { launchBrowser, openPage } from '../support/browser.mjs';
import { sign } from '../support/listener.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { look, openAs, visit } from './steps.mjs';

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

  await card.getByRole('button', { name: 'Ajouter un second secret' }).press('Enter');
  const adding = page.getByRole('dialog');
  await adding.getByRole('button', { name: 'Ajouter un second secret' }).press('Enter');
  await card.getByRole('button', { name: 'Retirer ce secret' }).first().waitFor();
  const second = await shownSecret(page, id);
  assert.notEqual(second, first);
  await accessToken(id, first);
  await accessToken(id, second);
  assert.equal(await card.getByRole('button', { name: 'Ajouter un second secret' }).count(), 0);
  await card.getByRole('button', { name: 'Retirer ce secret' }).first().press('Enter');
  const dropping = page.getByRole('dialog');
  await dropping.getByRole('button', { name: 'Retirer ce secret' }).press('Enter');
  await card.getByRole('button', { name: 'Ajouter un second secret' }).waitFor();
  await accessToken(id, second);
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
