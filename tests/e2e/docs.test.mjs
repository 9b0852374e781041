// The contract as a page, under its content security policy: read, opened and tried by keyboard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { checkAxe, openPage } from '../support/browser.mjs';
import { operations } from '../support/openapi.mjs';
import { fits, look, withBrowser } from './steps.mjs';

let server;
let browser;
withBrowser((started) => ([server, browser] = started));

/** The page once each operation of the contract stands on it. */
async function openDocs(options) {
  const page = await openPage(browser, server.url, options);
  await page.goto('/docs');
  await page.waitForFunction(
    (least) => document.querySelectorAll('.opblock-summary-control').length >= least,
    operations().length,
  );
  return page;
}

/** The structure once, the colours in both themes. */
async function lookTwice(page) {
  await look(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html.dark-mode').waitFor();
  await checkAxe(page, 'contrast');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('html:not(.dark-mode)').waitFor();
}

test('shows_every_operation_of_the_contract_without_outside_requests', async () => {
  const page = await openDocs({ width: 360 });
  assert.equal(await page.title(), 'Documentation de l’API – Guichet');
  await fits(page);
  await lookTwice(page);
  await page.done();
});

test('an_operation_is_opened_and_called_with_the_session_by_keyboard', async () => {
  const { client, email } = await logInAs(server);
  const page = await openDocs({ client });
  const summary = page.getByRole('button', { name: /^GET \/v1\/account\/sessions / });
  await summary.press('Enter');
  const operation = page.locator('.opblock.is-open');
  await operation.getByRole('button', { name: 'Try it out' }).press('Enter');
  await operation.getByRole('button', { name: 'Execute' }).waitFor();
  await page.getByRole('button', { name: /^GET \/v1\/account / }).press('Enter');
  const account = page.locator('.opblock.is-open').filter({ hasText: 'own account' });
  await account.getByRole('button', { name: 'Try it out' }).press('Enter');
  await account.getByRole('button', { name: 'Execute' }).press('Enter');
  await account.getByText(email).waitFor();
  await lookTwice(page);
  await page.done();
});

test('a_gateway_token_is_entered_in_a_dialog_that_traps_focus', async () => {
  const page = await openDocs();
  const authorize = page.getByRole('button', { name: 'Authorize' });
  await authorize.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Call the gateway' });
  await dialog.getByRole('textbox').fill('eyJ.a.b');
  await lookTwice(page);
  await dialog.getByRole('button', { name: 'Authorize' }).press('Enter');
  await dialog.getByRole('button', { name: 'Logout' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await authorize.and(page.locator(':focus')).waitFor();
  await page.done();
});
