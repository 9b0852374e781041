// Anyone who mistyped a password too often is told how long to wait, and gets in afterwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAccount, PASSWORD } from '../support/accounts.mjs';
import { launchBrowser, openPage } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';
import { logIn, look, ready, visit } from './steps.mjs';

let server;
let browser;
before(async () => {
  const env = { GUICHET_RATE_LIMITS: 'on' };
  [server, browser] = await Promise.all([startServer({ env }), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test('shows_the_wait_keeps_the_address_and_logs_in_afterwards', async () => {
  const { email } = await createAccount(server);
  const page = await openPage(browser, server.url);
  for (const who of [`personne-${email}`, email]) {
    for (let i = 0; i < 5; i++) {
      const wrong = { email: who, password: 'pas-le-bon-mot-de-passe' };
      (await server.client().post('/v1/session', wrong)).expect(401);
    }
    await visit(page, '/connexion', 'Se connecter');
    await logIn(page, { email: who, password: PASSWORD });
    await page.getByText(/Trop d’essais\. Réessayez dans \d+ secondes/).waitFor();
    assert.equal(await page.getByLabel('Adresse e-mail').inputValue(), who);
    await look(page);
  }
  await server.database.sql('update attempt set blocked_until = now()');
  await logIn(page, { email, password: PASSWORD });
  await ready(page, 'Mes demandes');
  await page.done();
});
