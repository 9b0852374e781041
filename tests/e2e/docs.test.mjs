// The contract as a page, under its content security policy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkAxe, launchBrowser, openPage } from '../support/browser.mjs';
import { operations } from '../support/openapi.mjs';
import { startServer } from '../support/server.mjs';

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test('shows_every_operation_of_the_contract_and_asks_nobody_else', async () => {
  const page = await openPage(browser, server.url);
  await page.goto('/docs');
  const summary = page.locator('.opblock-summary-control');
  const count = operations().length;
  await page.waitForFunction(
    (least) => document.querySelectorAll('.opblock-summary-control').length >= least,
    count,
  );
  await summary.first().click();
  await page.locator('.opblock.is-open .responses-wrapper').waitFor();
  await checkAxe(page, 'contrast');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.reload();
  await page.locator('.opblock.is-open .responses-wrapper').waitFor();
  await checkAxe(page, 'contrast');
  assert.equal(await page.title(), 'Documentation de l’API – Guichet');
  await page.done();
});
