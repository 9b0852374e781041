// Uploads over lines as they are: slow, with a bar that moves; cut, and started again without anybody's help.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { launchBrowser } from '../support/browser.mjs';
import { createRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';
import { look, openAs, visit } from './steps.mjs';

const PDF = '%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n';

let server;
let browser;
let person;
before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  person = await logInAs(server, { siret: SIRETS.CLAMART });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function openForm() {
  const { body: request } = await createRequest(person.client, { useCase: 'marches-publics' });
  const page = await openAs(browser, server, person);
  await visit(page, `/demandes/${request.id}/formulaire?etape=basic_infos`, 'Le projet');
  const attached = async () =>
    (await person.client.get(`/v1/requests/${request.id}/attachments`)).body.items.map(
      ({ file_name: name }) => name,
    );
  return { page, attached, picker: page.getByLabel('Maquettes du projet') };
}

test('the_bar_moves_over_a_slow_line', async () => {
  const { page, attached, picker } = await openForm();
  const line = await page.context().newCDPSession(page);
  await line.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 20,
    downloadThroughput: -1,
    uploadThroughput: 300_000,
  });
  const buffer = Buffer.from(PDF.padEnd(1_500_000, ' '));
  await picker.setInputFiles({ name: 'lent.pdf', mimeType: 'application/pdf', buffer });
  const seen = new Set();
  await waitFor('the bar to have stood in three places', async () => {
    const bar = page.locator('progress[value]');
    if ((await bar.count()) > 0) {
      const value = Number(await bar.getAttribute('value').catch(() => 0));
      if (value > 0 && value < 1) seen.add(value);
    }
    return seen.size >= 3;
  });
  await page.getByRole('link', { name: 'lent.pdf' }).waitFor();
  assert.deepEqual(await attached(), ['lent.pdf']);
  await page.done();
});

test('a_cut_upload_says_so_and_starts_again_by_itself', async () => {
  const { page, attached, picker } = await openForm();
  let tries = 0;
  const keys = new Set();
  await page.route('**/attachments', async (route) => {
    const sent = route.request();
    if (sent.method() !== 'POST') return route.continue();
    tries += 1;
    keys.add(sent.headers()['idempotency-key']);
    if (tries === 1) return route.abort('connectionreset');
    if (tries === 2) {
      // It came through, but its answer did not.
      await route.fetch();
      return route.abort('connectionreset');
    }
    return route.continue();
  });
  const buffer = Buffer.from(PDF);
  await picker.setInputFiles({ name: 'coupé.pdf', mimeType: 'application/pdf', buffer });
  await page.getByText('L’envoi a été interrompu : il recommence.').waitFor();
  await look(page);
  await page.getByRole('link', { name: 'coupé.pdf' }).waitFor();
  assert.equal(tries, 3);
  assert.equal(keys.size, 1);
  assert.deepEqual(await attached(), ['coupé.pdf'], 'it is kept once');
  page.complaints.length = 0; // Chromium names each connection that was cut
  await page.done();
});

test('an_upload_that_is_cut_again_and_again_is_given_up_and_can_be_stopped', async () => {
  const { page, attached, picker } = await openForm();
  let tries = 0;
  await page.route('**/attachments', (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    tries += 1;
    return route.abort('connectionreset');
  });
  const file = { mimeType: 'application/pdf', buffer: Buffer.from(PDF) };
  await picker.setInputFiles({ name: 'perdu.pdf', ...file });
  await page.getByText('perdu.pdf : L’envoi a été interrompu plusieurs fois.').first().waitFor();
  assert.equal(tries, 4);
  await picker.setInputFiles({ name: 'retenu.pdf', ...file });
  await page.getByText('L’envoi a été interrompu : il recommence.').waitFor();
  await page.locator('.file-running').getByRole('button', { name: 'Annuler' }).press('Enter');
  await page.locator('.file-running > p').waitFor({ state: 'detached' });
  assert.deepEqual(await attached(), []);
  page.complaints.length = 0;
  await page.done();
});
