// Every page of routes.json as the roles that it may look different to, at two widths and in both themes: drawn, without an axe
// violation, without a console message, without scrolling sideways.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createAccount } from '../support/accounts.mjs';
import { checkAxe, launchBrowser, openPage } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { look, openAs } from './steps.mjs';

const { routes } = JSON.parse(
  readFileSync(new URL('../../frontend/routes.json', import.meta.url), 'utf8'),
);
const NOT_THERE = '00000000-0000-4000-8000-000000000000';
const ROLES = {
  visitor: null,
  applicant: undefined,
  instructor: 'instructor:api-entreprise',
  manager: 'manager:api-entreprise',
  support: 'support',
  administrator: 'admin',
};
const LOOKS = [
  { width: 360, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
];
let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// What is open to anyone looks the same to everybody but for the header.
function pagesFor(role) {
  return routes.filter((route) => (role === null) === (route.access === 'anyone'));
}

function pathOf(route) {
  return route.path.replace(/\{\w+\}/g, NOT_THERE);
}

async function open(role, options) {
  if (role === null) return openPage(browser, server.url, options);
  const account = await createAccount(server, { siret: SIRETS.DINUM, role });
  return openAs(browser, server, account, options);
}

for (const [name, role] of Object.entries(ROLES)) {
  for (const options of LOOKS) {
    test(`${name}_sees_the_pages_at_${options.width}_px`, async () => {
      const page = await open(role, options);
      for (const route of pagesFor(role)) {
        await page.goto(pathOf(route));
        await page.locator('main:not([aria-busy]) h1').waitFor();
        assert.equal(await page.locator('h1').count(), 1, route.path);
        assert.match(await page.title(), /Guichet$/);
        await look(page);
      }
      await page.done();
    });
  }
}

test('a_page_says_that_the_server_failed_and_tries_again', async () => {
  const page = await open(undefined, LOOKS[0]);
  await page.route('**/v1/requests?**', (route) => route.fulfill({ status: 503, body: '' }));
  await page.route('**/v1/requests', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto('/demandes');
  await page.getByRole('heading', { name: 'Cette page n’a pas pu s’afficher' }).waitFor();
  await checkAxe(page);
  page.complaints.length = 0; // Chromium names each answer of 500 and above
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Réessayer' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Mes demandes' }).waitFor();
  await page.done();
});
