// The page of a token whose string of a former system is still accepted: what its owners read, and when it is over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formerString, importFormerToken } from '../support/former_system.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';
import { look, openAs, withBrowser } from './steps.mjs';

const PATH = 'v4/insee/sirene/unites_legales/130025265';

let server;
let browser;
withBrowser(([s, b]) => ([server, browser] = [s, b]));

test('owners_read_until_when_the_former_token_is_accepted_and_that_it_is_still_called', async () => {
  const issuer = await new Issuer(server).start();
  const applicant = await issuer.applicant({ siret: SIRETS.CLAMART });
  const scopes = ['unites_legales_etablissements_insee'];
  const token = await issuer.issue({ scopes, siret: SIRETS.CLAMART, applicantId: applicant.id });
  await importFormerToken(server, token.id);
  const string = formerString(token.id);
  await waitFor(
    'the former string',
    async () => (await token.get('privileges', { string })).status === 200,
  );
  for (const width of [360, 1280]) {
    const page = await openAs(browser, server, applicant, { width });
    await page.goto(`/jetons/${token.id}`);
    await page.getByText(/repris de «\sAPI Entreprise\s» est encore accepté jusqu’au/).waitFor();
    await page
      .getByText(/par le jeton de cette page\s: après cette date, il sera refusé/)
      .waitFor();
    await look(page);
    await page.done();
  }
  (await token.get(`${PATH}?${ASKED}`, { string })).expect(200);
  const page = await openAs(browser, server, applicant);
  await waitFor('the count', async () => {
    const [calls] = await server.database.sql(
      `select former_calls from token where id = '${token.id}'`,
    );
    return calls === '2';
  });
  await page.goto(`/jetons/${token.id}`);
  await page.getByText(/2 appels ici, le dernier/).waitFor();
  await token.change({ former_until: "now() - interval '1 day'" });
  await page.reload();
  await page.getByText(/repris de «\sAPI Entreprise\s» n’est plus accepté depuis le/).waitFor();
  assert.equal(await page.getByText(/encore accepté/).count(), 0);
  await page.done();
});
