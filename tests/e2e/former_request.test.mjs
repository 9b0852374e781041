// The page of a request that was taken over from DataPass, and how it is found again.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createAccount } from '../support/accounts.mjs';
import { demande, formData } from '../support/datapass.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { look, openAs, ready, withBrowser } from './steps.mjs';

const TITLE = 'Candidatures aux marchés de la ville';

let server;
let browser;
withBrowser(([s, b]) => ([server, browser] = [s, b]));

test('its_page_says_where_it_comes_from_and_its_former_number_finds_it', async () => {
  const applicant = await createAccount(server, { siret: SIRETS.RENNES });
  const instructor = await createAccount(server, {
    siret: SIRETS.DINUM,
    role: 'instructor:api-entreprise',
  });
  const file = join(server.dataDir, 'demandes.json');
  const data = formData({
    volumetrie_approximative: 'environ mille',
    date_prevue_mise_en_production: 'T3 2025',
  });
  const { email } = applicant;
  const row = demande(9001, SIRETS.RENNES, {
    data,
    applicant: { id: 1, email, given_name: 'A', family_name: 'B' },
  });
  await writeFile(file, JSON.stringify([row]));
  await server.command(['import-requests', '--product=api-entreprise', file]);
  for (const width of [360, 1280]) {
    const page = await openAs(browser, server, applicant, { width });
    await page.getByRole('link', { name: TITLE }).first().click();
    await ready(page, TITLE);
    const facts = page.getByText('Reprise de DataPass n°\u00a09001 (habilitation n°\u00a059001)');
    await facts.waitFor();
    await page.getByText('20 janvier 2022').first().waitFor();
    await look(page);
    await page.getByRole('tab', { name: 'Historique' }).click();
    await page.getByText('La demande a été reprise d’un ancien système').waitFor();
    await page.getByText('2 champs changés').click();
    await page.getByText('environ mille').waitFor();
    await page.getByText('T3 2025').waitFor();
    await look(page);
    await page.done();
  }
  const page = await openAs(browser, server, instructor);
  await page.goto('/instruction?etat=toutes&texte=D9001');
  const found = page.locator('main').getByRole('link', { name: 'Rennes', exact: true });
  await found.first().waitFor();
  assert.equal(await found.count(), 1);
  await found.click();
  await ready(page, TITLE);
  await page.getByText('Reprise de DataPass n°\u00a09001 (habilitation n°\u00a059001)').waitFor();
  await look(page);
  await page.done();
});
