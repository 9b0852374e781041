// Every page of routes.json with real things on it, as every role: drawn with one heading and a title,
// without an axe violation, a console message or a CSP report, without scrolling sideways at 360, 768 and
// 1280 px, in both themes, and enlarged to 400 %.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { checkAxe, launchBrowser, openPage } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';
import { populate, POPULATED } from './population.mjs';
import { fits, follow, look, ready } from './steps.mjs';

const { routes } = JSON.parse(
  readFileSync(new URL('../../frontend/routes.json', import.meta.url), 'utf8'),
);
const NOT_THERE = '00000000-0000-4000-8000-000000000000';
const ROLES = [
  'visitor',
  'applicant',
  'instructor',
  'reporter',
  'manager',
  'support',
  'administrator',
];
/** Who has most to see on the pages of each kind of access: there, every theme and width. */
const AT_HOME = {
  anyone: ['visitor'],
  account: ['applicant'],
  staff: ['instructor', 'manager'],
  support: ['support'],
  admin: ['administrator'],
};
const STAFF = ['instructor', 'reporter', 'manager', 'administrator'];
/** Who may open the pages of each kind of access; anybody else is told so, a visitor asked to log in. */
const MAY = {
  anyone: ROLES,
  account: ROLES.slice(1),
  staff: STAFF,
  support: ['support', 'administrator'],
  admin: ['administrator'],
};
const WIDE = { width: 1280, height: 900 };
const TABLET = { width: 768, height: 1024 };
const PHONE = { width: 360, height: 740 };
/** 1280 px enlarged to 400 %. */
const ENLARGED = { width: 320, height: 256 };

let server;
let browser;
let town;

before(async () => {
  [server, browser] = await Promise.all([startServer({ env: POPULATED }), launchBrowser()]);
  town = await populate(server);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const tabs = (path, ...ids) => [path, ...ids.map((id) => `${path}?onglet=${id}`)];
const steps = (path, ...ids) => ids.map((id) => `${path}?etape=${id}`);

/** The addresses of a route, its tabs and steps included; the first one stands for them all. */
function addressesOf({ path }) {
  const { requests, token, habilitation } = town;
  const form = `/demandes/${requests.draft.id}/formulaire`;
  const addresses = {
    '/demandes/{id}': [
      ...tabs(`/demandes/${requests.approved.id}`, 'historique', 'habilitations', 'jeton'),
      ...tabs(`/demandes/${requests.submitted.id}`, 'messages'),
      ...['draft', 'changes_requested', 'refused', 'revoked', 'reopened'].map(
        (state) => `/demandes/${requests[state].id}`,
      ),
    ],
    '/demandes/{id}/formulaire': [form, ...steps(form, 'scopes', 'contacts', 'verification')],
    '/demandes/nouvelle': ['/demandes/nouvelle', '/demandes/nouvelle?produit=api-entreprise'],
    '/jetons/{id}': tabs(`/jetons/${token.id}`, 'usage', 'appels'),
    '/instruction': ['/instruction', '/instruction?etat=toutes&texte=Clamart'],
    '/instruction/{id}': [
      ...tabs(`/instruction/${requests.submitted.id}`, 'messages', 'historique'),
      `/instruction/${requests.reopened.id}`,
      `/instruction/${requests.approved.id}`,
    ],
    '/comptes': ['/comptes', '/comptes?q=example'],
    '/comptes/{id}': [`/comptes/${town.stopped.id}`],
    '/programmes/{id}': [
      `/programmes/${town.programs.own}`,
      `/programmes/${town.programs.stopped}`,
    ],
    '/habilitations/{id}': [`/habilitations/${habilitation.id}`],
    '/confirmation/{code}': [`/confirmation/${habilitation.confirmation_code}`],
    '/catalogue': ['/catalogue', '/catalogue?texte=rien-de-tel'],
  };
  return addresses[path] ?? [path];
}

async function drawn(page, path) {
  assert.equal(await page.locator('h1').count(), 1, path);
  assert.match(await page.title(), /Guichet$/, path);
  const tab = new URLSearchParams(path.split('?')[1]).get('onglet');
  if (tab) await page.locator(`#onglet-${tab}[aria-selected=true]`).waitFor();
}

/** Light and dark, wide and narrow, and enlarged. */
async function lookAllRound(page) {
  await look(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await checkAxe(page, 'contrast');
  await page.setViewportSize(TABLET);
  await fits(page);
  await page.setViewportSize(PHONE);
  await look(page);
  await page.emulateMedia({ colorScheme: 'light' });
  await checkAxe(page, 'contrast');
  await page.setViewportSize(ENLARGED);
  await fits(page);
  await page.setViewportSize(WIDE);
}

/** A page of one's own, opened by its address, and all its tabs. */
async function walk(page, [first, ...others]) {
  await page.goto(first);
  await page.locator('main:not([aria-busy]) h1').waitFor();
  await drawn(page, first);
  await lookAllRound(page);
  for (const path of others) {
    await follow(page, path);
    await drawn(page, path);
    await lookAllRound(page);
  }
}

/** A page of others: it is drawn, and holds at both widths. */
async function glance(page, path) {
  await follow(page, path);
  await drawn(page, path);
  await fits(page);
  await page.setViewportSize(PHONE);
  await look(page);
  await page.setViewportSize(WIDE);
}

async function refused(page, path, role) {
  await follow(page, path);
  const name = role === 'visitor' ? 'Se connecter' : 'Cette page ne vous est pas ouverte';
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

describe('every page', { concurrency: 2 }, () => {
  for (const role of ROLES) {
    test(`is_accessible_to_the_${role}`, async () => {
      const page = await openPage(browser, server.url, { client: town.clients[role], ...WIDE });
      await page.goto('/aide');
      await ready(page, 'Aide');
      for (const route of routes) {
        const addresses = addressesOf(route);
        if (AT_HOME[route.access].includes(role)) await walk(page, addresses);
        else if (MAY[route.access].includes(role)) await glance(page, addresses[0]);
        else await refused(page, addresses[0], role);
      }
      await page.done();
    });
  }
});

test('refusals_are_accessible_and_announced', async () => {
  const page = await openPage(browser, server.url, { client: town.clients.applicant });
  await page.goto('/instruction');
  await page.getByRole('heading', { name: 'Cette page ne vous est pas ouverte' }).waitFor();
  await lookAllRound(page);
  await page.done();
});

test('the_panels_of_programs_are_accessible', async () => {
  const page = await openPage(browser, server.url, { client: town.clients.applicant });
  for (const path of tabs('/programmes', 'clients', 'webhooks').slice(1)) {
    await page.goto(path);
    await page.locator('article').first().waitFor();
    await lookAllRound(page);
  }
  await page.done();
});

test('a_page_of_a_missing_object_says_so', async () => {
  const objects = routes.filter((route) => route.path.includes('{'));
  const readerOf = ({ access }) => MAY[access].find((role) => role !== 'visitor');
  for (const role of new Set(objects.map(readerOf))) {
    const page = await openPage(browser, server.url, { client: town.clients[role] });
    for (const { path } of objects.filter((route) => readerOf(route) === role)) {
      await page.goto(path.replace(/\{\w+\}/, NOT_THERE));
      await page.getByRole('heading', { level: 1, name: 'Cette page n’existe pas' }).waitFor();
    }
    await look(page);
    await page.done();
  }
});

test('a_page_reports_a_server_error_and_retries', async () => {
  const page = await openPage(browser, server.url, { client: town.clients.applicant, ...PHONE });
  await page.route(/\/v1\/requests(\?|$)/, (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto('/demandes');
  await page.getByRole('heading', { name: 'Cette page n’a pas pu s’afficher' }).waitFor();
  await checkAxe(page);
  page.complaints.length = 0; // Chromium names each answer of 500 and above
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Réessayer' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Mes demandes' }).waitFor();
  await page.done();
});
