// What people change about their screens: size of the text, spacing, motion, colours, paper, no mouse.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkAxe, launchBrowser, openPage } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';
import { populate, POPULATED } from './population.mjs';
import { fits, focused, logIn, ready, visit } from './steps.mjs';

const MOTION_MAX_S = 0.15;
let server;
let browser;
let town;
let pages;

before(async () => {
  [server, browser] = await Promise.all([startServer({ env: POPULATED }), launchBrowser()]);
  town = await populate(server);
  const { requests, token } = town;
  pages = [
    ['visitor', '/'],
    ['visitor', '/inscription'],
    ['visitor', '/catalogue'],
    ['applicant', '/demandes'],
    ['applicant', `/demandes/${requests.draft.id}/formulaire?etape=contacts`],
    ['applicant', `/jetons/${token.id}`],
    ['instructor', '/instruction'],
    ['instructor', `/instruction/${requests.submitted.id}`],
  ];
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function onEachPage(options, act) {
  for (const [role, path] of pages) {
    const page = await openPage(browser, server.url, { client: town.clients[role], ...options });
    await page.goto(path);
    await page.locator('main:not([aria-busy]) h1').waitFor();
    await act(page, path);
    await page.done();
  }
}

test('text_at_200_percent_and_wide_spacing_lose_nothing', async () => {
  await onEachPage({ width: 640 }, async (page) => {
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('html { font-size: 200% }');
      document.adoptedStyleSheets = [sheet];
    });
    await fits(page);
    await page.evaluate(() => {
      // WCAG 1.4.12
      document.adoptedStyleSheets[0].replaceSync(`* { line-height: 1.5 !important;
        letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
        p { margin-bottom: 2em !important }`);
    });
    await fits(page);
  });
});

test('animations_are_short_and_honour_reduced_motion', async () => {
  const longest = () =>
    Math.max(
      ...[...document.querySelectorAll('*')].map((element) => {
        const { transitionDuration } = getComputedStyle(element);
        return Math.max(...transitionDuration.split(',').map(parseFloat));
      }),
    );
  await onEachPage({}, async (page, path) => {
    assert.equal(await page.evaluate(longest), 0, path);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    assert.ok((await page.evaluate(longest)) <= MOTION_MAX_S, path);
  });
});

test('tab_reaches_every_control_with_a_visible_focus', async () => {
  await onEachPage({}, async (page, path) => {
    const seen = new Set();
    for (;;) {
      await page.keyboard.press('Tab');
      const place = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return null;
        const box = element.getBoundingClientRect();
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        element.dataset.tabbed ??= String(document.querySelectorAll('[data-tabbed]').length);
        return {
          key: element.dataset.tabbed,
          what: `${element.tagName} ${element.textContent?.slice(0, 40)}`,
          shown: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
          ring: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
        };
      });
      if (!place || seen.has(place.key)) break;
      seen.add(place.key);
      assert.ok(place.shown, `${path}: ${place.what} has the focus out of sight`);
      assert.ok(place.ring, `${path}: ${place.what} has the focus without a ring`);
    }
    assert.ok(seen.size > 8, `${path}: ${seen.size} stops`);
  });
});

test('forced_colours_keep_every_mark_visible', async () => {
  const client = town.clients.applicant;
  const page = await openPage(browser, server.url, { client });
  await page.emulateMedia({ forcedColors: 'active' });
  await visit(page, `/demandes/${town.requests.submitted.id}`, /Subventions/);
  const line = (name) =>
    page.getByRole('tab', { name }).evaluate((tab) => getComputedStyle(tab).borderBottomColor);
  assert.notEqual(await line('Demande'), await line('Historique'));
  await checkAxe(page);
  await page.done();
});

test('print_shows_all_of_the_content_and_nothing_else', async () => {
  const client = town.clients.applicant;
  for (const path of [
    `/demandes/${town.requests.approved.id}`,
    `/habilitations/${town.habilitation.id}`,
  ]) {
    const page = await openPage(browser, server.url, { client, colorScheme: 'dark' });
    await page.goto(path);
    await page.locator('main:not([aria-busy]) h1').waitFor();
    await page.emulateMedia({ media: 'print' });
    for (const gone of ['banner', 'contentinfo', 'button'])
      assert.equal(await page.getByRole(gone).count(), 0, `${path}: ${gone}`);
    await page.getByText('Certification Qualibat').last().waitFor();
    const [paper, ink] = await page.evaluate(() => {
      const { backgroundColor } = getComputedStyle(document.documentElement);
      return [backgroundColor, getComputedStyle(document.body).color];
    });
    assert.deepEqual([paper, ink], ['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
    await page.done();
  }
});

test('a_draft_is_written_by_keyboard_only', async () => {
  const page = await openPage(browser, server.url);
  const { keyboard } = page;
  const tabTo = async (name) => {
    for (let i = 0; i < 60; i += 1) {
      await keyboard.press('Tab');
      const here = await page.evaluate(() => {
        const element = document.activeElement;
        return `${element?.labels?.[0]?.textContent ?? ''}${element?.textContent ?? ''}`;
      });
      if (here.includes(name)) return;
    }
    assert.fail(`${name} is out of the tabulator's reach`);
  };
  await visit(page, `/demandes/${town.requests.draft.id}/formulaire`, 'Se connecter');
  await tabTo('Adresse e-mail');
  await keyboard.type(town.people.applicant.email);
  await tabTo('Mot de passe');
  await keyboard.type(town.people.applicant.password);
  await keyboard.press('Enter');
  await ready(page, 'Le projet');
  await tabTo('Nom du projet');
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type('Terrasses et étals');
  await page.getByText(/^Enregistré à/).waitFor();
  await tabTo('Suivant');
  await keyboard.press('Enter');
  await ready(page, 'Le cadre juridique');
  assert.equal(await focused(page), 'h1');
  await tabTo('Suivant');
  await keyboard.press('Enter');
  await ready(page, 'Les données');
  await tabTo('Effectifs');
  await keyboard.press('Space');
  await page.getByText(/^Enregistré à/).waitFor();
  await page.goBack();
  await ready(page, 'Le cadre juridique');
  const { body } = await town.clients.applicant.get(`/v1/requests/${town.requests.draft.id}`);
  assert.equal(body.title, 'Terrasses et étals');
  assert.ok(body.scopes.some((scope) => scope.includes('effectifs')));
  await page.done();
});

test('the_end_of_the_session_is_announced_and_no_input_is_lost', async () => {
  const page = await openPage(browser, server.url);
  await page.clock.install();
  await visit(page, '/connexion', 'Se connecter');
  await logIn(page, town.people.applicant);
  await ready(page, 'Mes demandes');
  await visit(page, `/demandes/${town.requests.submitted.id}?onglet=messages`, /Subventions/);
  await page.getByLabel('Votre message').fill('Une phrase commencée');
  const ends = await page.evaluate(async () =>
    Date.parse((await (await fetch('/v1/session')).json()).expires_at),
  );
  await page.clock.fastForward(ends - Date.now() - 4 * 60_000);
  const dialog = page.getByRole('dialog', { name: /session/ });
  await dialog.waitFor();
  await checkAxe(page);
  await page.route('**/v1/session', async (route) => {
    const answer = await route.fetch(); // the server's clock did not run with the browser's
    const session = await answer.json();
    const later = new Date(ends + 3_600_000).toISOString();
    await route.fulfill({ json: { ...session, expires_at: later } });
  });
  await dialog.getByRole('button', { name: 'Rester connecté' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('Votre message').inputValue(), 'Une phrase commencée');
  await page.done();
});
