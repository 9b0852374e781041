// What the stories have in common.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { checkAxe, launchBrowser, openPage } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';

/** A server and a browser for the stories of a file, given to `keep` before the first and ended after the last. */
export function withBrowser(keep, options) {
  let started = [];
  before(async () => {
    started = await Promise.all([startServer(options), launchBrowser()]);
    keep(started);
  });
  after(async () => {
    const [server, browser] = started;
    await browser?.close();
    await server?.stop();
  });
}

/** The page is drawn: its heading stands and nothing is loading. */
export async function ready(page, heading) {
  const main = page.locator('main:not([aria-busy])');
  await main.getByRole('heading', { level: 1, name: heading }).waitFor();
}

export async function visit(page, path, heading) {
  await page.goto(path);
  await ready(page, heading);
}

/** Follows a link inside the page, as its router does. */
export async function follow(page, path) {
  await page.evaluate((href) => {
    const link = Object.assign(document.createElement('a'), { href });
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
  await page.locator('main:not([aria-busy]) h1').waitFor();
}

/** A page of a person who is logged in, where the log-in leads: the list of requests. */
export async function openAs(browser, server, account, options) {
  const page = await openPage(browser, server.url, options);
  await page.goto('/connexion');
  await logIn(page, account);
  await ready(page, 'Mes demandes');
  return page;
}

export async function logIn(page, { email, password }) {
  await page.getByLabel('Adresse e-mail').fill(email);
  await page.getByLabel('Mot de passe').fill(password);
  await page.keyboard.press('Enter');
}

/** axe is content and nothing scrolls sideways. */
export async function look(page) {
  await checkAxe(page);
  await fits(page);
}

/** Nothing scrolls sideways, once what follows the width of the window has done so. */
export async function fits(page) {
  await page
    .waitForFunction(() => document.documentElement.scrollWidth <= innerWidth)
    .catch(async (error) => {
      const [content, window] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        innerWidth,
      ]);
      assert.ok(content <= window, `${page.url()} scrolls sideways: ${content} px in ${window}`);
      throw error;
    });
}

/** An instructor decides on the file that is open, without a mouse, and reads the mail before it leaves. */
export async function decide(page, outcome, { reason, without } = {}) {
  await page.keyboard.press('d');
  await page.getByRole('radio', { name: outcome }).press('Space');
  if (without) await page.getByRole('checkbox', { name: without }).press('Space');
  if (reason) await page.getByLabel(/^Motif/).fill(reason);
  await look(page);
  await page.getByRole('button', { name: 'Voir le mail avant d’envoyer' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Ce mail partira à').waitFor();
  await look(page);
  await dialog.getByRole('button', { name: outcome }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
}

/** Where the keyboard is. */
export function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.tagName === 'H1' ? 'h1' : (element?.id ?? '');
  });
}
