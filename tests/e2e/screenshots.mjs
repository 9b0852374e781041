// Makes the pictures of the READMEs: node tests/e2e/screenshots.mjs (after script/server once built).
import { fileURLToPath } from 'node:url';
import { launchBrowser, openPage } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';
import { populate, POPULATED } from './population.mjs';

const FOLDER = fileURLToPath(new URL('../../frontend/assets/screenshots/', import.meta.url));
const PHONE = { width: 360, height: 740 };

const server = await startServer({ env: POPULATED });
const browser = await launchBrowser();
try {
  const { clients, requests, token } = await populate(server);
  const form = `/demandes/${requests.draft.id}/formulaire?etape=scopes`;
  const usage = `/jetons/${token.id}?onglet=usage`;
  await shoot('home-1280', clients.visitor, '/');
  await shoot('request-1280', clients.applicant, `/demandes/${requests.submitted.id}`);
  await shoot('form-360', clients.applicant, form, PHONE);
  await shoot('usage-1280', clients.applicant, usage, {}, '.chart canvas');
  await shoot('instruction-1280-dark', clients.instructor, `/instruction/${requests.reopened.id}`, {
    colorScheme: 'dark',
  });
} finally {
  await browser.close();
  await server.stop();
}

/** What the page shows once `sign` stands on it. */
async function shoot(name, client, path, options = {}, sign = 'main:not([aria-busy]) h1') {
  const page = await openPage(browser, server.url, { client, ...options });
  await page.goto(path);
  await page.locator(sign).waitFor();
  await page.screenshot({ path: `${FOLDER}${name}.png` });
  await page.done();
}
