// Chromium as a person's browser: every console message, failed request and CSP report is kept, and
// checked when the page is closed.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_RUNS = {
  every: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  contrast: { type: 'rule', values: ['color-contrast'] },
};

/** A folder for what each page ran of our scripts (`script/test coverage`). */
const COVERAGE = process.env.GUICHET_TEST_COVERAGE;

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--lang=fr-FR',
];

/** @returns {Promise<import('playwright-core').Browser>} */
export function launchBrowser() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell',
    headless: true,
    args: ARGUMENTS,
  });
}

/**
 * A page of a person who is nobody yet: no cookie, no storage.
 * @param {import('playwright-core').Browser} browser
 * @param {string} baseUrl
 * @param {{width?: number, height?: number, colorScheme?: 'light' | 'dark', locale?: string, timezoneId?: string,
 *   client?: import('./client.mjs').Client, others?: string[]}} [options] client: whose session the
 *   browser has; others: origins beside ours that it may visit
 */
export async function openPage(
  browser,
  baseUrl,
  {
    width = 1280,
    height = 900,
    colorScheme = 'light',
    locale = 'fr-FR',
    timezoneId = 'Europe/Paris',
    client,
    others = [],
  } = {},
) {
  const context = await browser.newContext({
    baseURL: baseUrl,
    viewport: { width, height },
    colorScheme,
    locale,
    timezoneId,
    reducedMotion: 'reduce',
  });
  const cookies = [...(client?.cookies ?? [])];
  await context.addCookies(cookies.map(([name, value]) => ({ name, value, url: baseUrl })));
  const page = await context.newPage();
  if (COVERAGE) await page.coverage.startJSCoverage({ resetOnNavigation: false });
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
      if (COVERAGE) await keepCoverage(page);
      await context.close();
      assert.deepEqual(complaints, []);
    },
  });
}

async function keepCoverage(page) {
  const scripts = await page.coverage.stopJSCoverage();
  const own = scripts.filter(({ url }) => new URL(url).pathname.startsWith('/static/'));
  writeFileSync(`${COVERAGE}/${randomUUID()}.json`, JSON.stringify(own));
}

// Chromium writes a line for each answer of 400 and above; the screens show those to people.
function isAnswer(message) {
  return /^Failed to load resource: the server responded with a status of 4\d\d/.test(
    message.text(),
  );
}

/**
 * Fails on any violation that axe finds on the page as it is. Our pages have no frame, and no style sheet that
 * turns them by the orientation, for which alone axe would fetch all sheets again at each run.
 * @param {import('playwright-core').Page} page
 * @param {'every' | 'contrast'} [rules] contrast: all that another theme can change
 */
export async function checkAxe(page, rules = 'every') {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const shown = await page.evaluate(
    async (options) => {
      const { violations } = await globalThis.axe.run(options);
      return violations.flatMap(({ id, help, nodes }) =>
        nodes.map((node) => `${id}: ${help}\n  ${node.target}\n  ${node.failureSummary}`),
      );
    },
    { runOnly: AXE_RUNS[rules], resultTypes: ['violations'], preload: false, iframes: false },
  );
  assert.deepEqual(shown, [], `axe on ${page.url()}`);
}
