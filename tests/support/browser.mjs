// Chromium as a person's browser: every console message, failed request and CSP report is kept, and
// checked when the page is closed.
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns {Promise<import('playwright-core').Browser>} */
export function launchBrowser() {
  return chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: ARGUMENTS });
}

/** What the screens are looked at in. */
export const WIDTHS = [360, 768, 1280];

/**
 * A page of a person who is nobody yet: no cookie, no storage.
 * @param {import('playwright-core').Browser} browser
 * @param {string} baseUrl
 * @param {{width?: number, height?: number, colorScheme?: 'light' | 'dark', locale?: string,
 *   others?: string[]}} [options] others: origins beside ours that it may visit
 */
export async function openPage(
  browser,
  baseUrl,
  { width = 1280, height = 900, colorScheme = 'light', locale = 'fr-FR', others = [] } = {},
) {
  const context = await browser.newContext({
    baseURL: baseUrl,
    viewport: { width, height },
    colorScheme,
    locale,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const origins = [new URL(baseUrl).origin, ...others];
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !isAnswer(message)) {
      complaints.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !origins.includes(new URL(request.url()).origin)) {
      complaints.push(`outside request: ${request.url()}`);
    }
  });
  return Object.assign(page, {
    /** What went wrong so far; a test may state that it is empty in the middle of its way. */
    complaints,
    /** Closes the page and fails if the browser complained. */
    async done() {
      await context.close();
      assert.deepEqual(complaints, []);
    },
  });
}

// Chromium writes a line for each answer of 400 and above; the screens show those to people.
function isAnswer(message) {
  return /^Failed to load resource: the server responded with a status of 4\d\d/.test(
    message.text(),
  );
}

/**
 * Fails on any violation that axe finds on the page as it is.
 * @param {import('playwright-core').Page} page
 */
export async function checkAxe(page) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const shown = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}\n  ${target}\n  ${failureSummary}`),
  );
  assert.deepEqual(shown, [], `axe on ${page.url()}`);
}
