// The page of a token while it is looked at: how much it asks, and what it leaves behind.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { checkAxe, openPage } from '../support/browser.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';
import { openAs, withBrowser } from './steps.mjs';

const REFRESHES = 6;
const WATCHED_MS = 6000;
const PATH = 'v4/insee/sirene/unites_legales/130025265';

let server;
let browser;

withBrowser(([s, b]) => ([server, browser] = [s, b]));

/** The page of a token that was called, with the requests that it makes. */
async function openUsage(options = {}) {
  const issuer = await new Issuer(server).start();
  const applicant = await issuer.applicant({ siret: SIRETS.CLAMART });
  const scopes = ['unites_legales_etablissements_insee'];
  const token = await issuer.issue({ scopes, siret: SIRETS.CLAMART, applicantId: applicant.id });
  (await token.get(`${PATH}?${ASKED}`)).expect(200);
  const page = await openAs(browser, server, applicant, options);
  const asked = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/v1/')) asked.push(pathname.split('/').at(-1));
  });
  return { page, token, asked, applicant };
}

/** The one call of a token stands in its lists. */
const recorded = (token) =>
  waitFor('the record', async () => {
    const [{ count }] = await server.database.rows(
      `select count(*)::int from call where token_id = '${token.id}'`,
    );
    return count === 1;
  });

const countOf = (asked, name) => asked.filter((each) => each === name).length;

test('a_refresh_sends_one_request_and_the_rest_after_a_new_call', async () => {
  const { page, token, asked } = await openUsage();
  await page.goto(`/jetons/${token.id}?onglet=usage`);
  await page.locator('.figures').waitFor();
  await waitFor('the limits', () => countOf(asked, 'limits') === 1);
  asked.length = 0;
  await waitFor('the refreshes', () => countOf(asked, 'usage') >= REFRESHES);
  assert.deepEqual([...new Set(asked)], ['usage']);
  (await token.get(`${PATH}?${ASKED}`)).expect(200);
  await page.locator('.figures dd').getByText('2', { exact: true }).first().waitFor();
  await waitFor('the limits', () => countOf(asked, 'limits') === 1);
  assert.equal(countOf(asked, 'providers'), 0);
  await page.done();
});

test('sends_no_requests_while_hidden_or_after_leaving_the_tab', async () => {
  const { page, token, asked } = await openUsage();
  await page.addInitScript(() => {
    let hidden = false;
    Object.defineProperty(document, 'hidden', { get: () => hidden });
    globalThis.setHidden = (value) => {
      hidden = value;
      document.dispatchEvent(new Event('visibilitychange'));
    };
  });
  await page.goto(`/jetons/${token.id}?onglet=usage`);
  await page.locator('.figures').waitFor();
  await waitFor('a refresh', () => countOf(asked, 'usage') >= 2);
  await page.evaluate(() => globalThis.setHidden(true));
  await sleep(WATCHED_MS / 3); // what was on its way has arrived
  asked.length = 0;
  await sleep(WATCHED_MS);
  assert.deepEqual(asked, []);
  await page.evaluate(() => globalThis.setHidden(false));
  await waitFor('a refresh at once', () => countOf(asked, 'usage') >= 2);
  await page.getByRole('tab', { name: 'Jeton' }).press('Enter');
  await sleep(WATCHED_MS / 3);
  asked.length = 0;
  await sleep(WATCHED_MS);
  assert.deepEqual(asked, []);
  await page.done();
});

test('no_request_leaves_a_listener_behind', async () => {
  const { page, token, asked } = await openUsage();
  await page.addInitScript(() => {
    globalThis.listeners = 0;
    const { addEventListener, removeEventListener } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function add(type, ...rest) {
      if (this instanceof AbortSignal && type === 'abort') globalThis.listeners += 1;
      return addEventListener.call(this, type, ...rest);
    };
    EventTarget.prototype.removeEventListener = function remove(type, ...rest) {
      if (this instanceof AbortSignal && type === 'abort') globalThis.listeners -= 1;
      return removeEventListener.call(this, type, ...rest);
    };
  });
  await page.goto(`/jetons/${token.id}?onglet=usage`);
  await page.locator('.figures').waitFor();
  await waitFor('the first refresh', () => countOf(asked, 'usage') >= 2);
  const atRest = () =>
    page.waitForFunction(() => !document.querySelector('main[aria-busy]')).then(() => listeners());
  const listeners = () => page.evaluate(() => globalThis.listeners);
  const before = await atRest();
  assert.ok(before > 0, 'the page listens for its end');
  const from = countOf(asked, 'usage');
  await waitFor('more refreshes', () => countOf(asked, 'usage') >= from + REFRESHES);
  const after = await atRest();
  assert.ok(after <= before + 1, `${before} listeners, then ${after}`);
  await page.done();
});

test('what_the_sandbox_answered_is_marked_by_words_in_the_lists_and_figures', async () => {
  const { page, token } = await openUsage();
  await recorded(token);
  // As a provider would have answered.
  await server.database.sql(
    `insert into call (at, token_id, endpoint, status, error_code, duration_us, provider_us, request_id)
     values (now(), '${token.id}', '/v4/insee/sirene/unites_legales/{siren}', 404, '01003', 20000, 15000, 'of-a-provider')`,
  );
  await page.goto(`/jetons/${token.id}?onglet=appels`);
  const rows = page.getByRole('table', { name: 'Derniers appels' }).getByRole('row');
  const invented = rows.filter({ hasText: '✓ 200' });
  await invented.getByText('◇ bac à sable', { exact: true }).waitFor();
  await invented.locator('summary').press('Enter');
  await invented.getByText('données inventées, aucun fournisseur n’a été appelé').waitFor();
  const real = rows.filter({ hasText: '01003' });
  await real.locator('summary').press('Enter');
  await real.getByText('of-a-provider').waitFor();
  assert.doesNotMatch(await real.innerText(), /bac à sable/);
  await checkAxe(page);

  await page.goto(`/jetons/${token.id}?onglet=usage`);
  await page.getByText('Un de ces appels a reçu la réponse du bac à sable').waitFor();
  const endpoints = page.getByRole('table', { name: 'Par point d’accès' }).getByRole('row');
  assert.match(await endpoints.nth(1).innerText(), /bac à sable 1 sur 2/);
  const errors = page.getByRole('table', { name: 'Erreurs' }).getByRole('row');
  assert.match(await errors.nth(1).innerText(), /01003/);
  assert.doesNotMatch(await errors.nth(1).innerText(), /bac à sable/);
  await checkAxe(page);
  await page.done();
});

test('without_the_sandbox_nothing_speaks_of_it', async () => {
  const { page, token } = await openUsage();
  await recorded(token);
  await server.database.sql(`update call set is_sandbox = false where token_id = '${token.id}'`);
  for (const [tab, shown] of [
    ['appels', 'table'],
    ['usage', '.figures'],
  ]) {
    await page.goto(`/jetons/${token.id}?onglet=${tab}`);
    await page.locator(`[role=tabpanel]:not([hidden]) ${shown}`).first().waitFor();
    assert.doesNotMatch(await page.locator('main').innerText(), /bac à sable/);
  }
  await page.done();
});

test('the_catalogue_says_which_providers_the_sandbox_plays', async () => {
  const page = await openPage(browser, server.url);
  let real;
  // As if one of them were called already.
  await page.route('**/v1/products/*/providers*', async (route) => {
    const response = await route.fetch();
    const { items, ...rest } = await response.json();
    assert.ok(items.every(({ sandbox }) => sandbox));
    real = items.find(({ id }) => id === 'insee').name;
    const changed = items.map((item) => ({ ...item, sandbox: item.name !== real }));
    await route.fulfill({ response, json: { items: changed, ...rest } });
  });
  await page.goto('/catalogue');
  const headings = page.locator('.catalogue-provider h2');
  await headings.first().waitFor();
  const texts = await headings.allInnerTexts();
  assert.ok(texts.length > 10);
  const unmarked = texts.filter((text) => !text.endsWith('◇ bac à sable'));
  assert.deepEqual(unmarked, ['Autres fournisseurs', real]); // the first are no provider
  await checkAxe(page);
  await page.done();
});

test('days_and_hours_are_those_of_the_reader_and_called_so', async () => {
  const elsewhere = await openUsage({ timezoneId: 'America/Cayenne' });
  await recorded(elsewhere.token);
  const end = '2027-03-28T00:30:00.000Z';
  await server.database.sql(
    `update token set expires_at = '${end}' where id = '${elsewhere.token.id}'`,
  );
  for (const [page, zone, day, exact] of [
    [elsewhere.page, 'UTC-3', '27 mars 2027', '27 mars 2027 à 21 h 30 (UTC-3)'],
    [
      await openAs(browser, server, elsewhere.applicant),
      'heure de Paris',
      '28 mars 2027',
      '28 mars 2027 à 1 h 30',
    ],
  ]) {
    await page.goto(`/jetons/${elsewhere.token.id}`);
    const time = page.locator(`time[datetime="${end}"]`).first();
    await time.waitFor();
    assert.match((await time.textContent()) ?? '', new RegExp(day));
    assert.equal(((await time.getAttribute('title')) ?? '').replaceAll(/\s/g, ' '), exact);
    await page.goto(`/jetons/${elsewhere.token.id}?onglet=usage`);
    await page.getByText(`Jours et heures : ${zone}`).waitFor();
    await page.done();
  }
});
