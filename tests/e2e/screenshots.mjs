// Makes the pictures of the READMEs: node tests/e2e/screenshots.mjs (after script/server once built).
import { fileURLToPath } from 'node:url';
import { logInAs } from '../support/accounts.mjs';
import { launchBrowser, openPage } from '../support/browser.mjs';
import { createRequest, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { openAs, visit } from './steps.mjs';

const FOLDER = fileURLToPath(new URL('../../frontend/assets/screenshots/', import.meta.url));
const DOMAIN = 'clamart.example';

const server = await startServer();
const browser = await launchBrowser();
try {
  const camille = await logInAs(server, {
    siret: SIRETS.CLAMART,
    email: `camille.martin@${DOMAIN}`,
    familyName: 'Martin',
  });
  const sacha = await logInAs(server, {
    siret: SIRETS.DINUM,
    role: 'instructor:api-entreprise',
    givenName: 'Sacha',
    familyName: 'Leroy',
  });
  const sent = await submitRequest(camille.client, { domain: DOMAIN });
  const draft = (await createRequest(camille.client, { useCase: 'aides-publiques' })).body;

  const home = await openPage(browser, server.url);
  await visit(home, '/', /Demander un accès/);
  await shoot(home, 'home-1280');
  const applicant = await openAs(browser, server, camille);
  await visit(applicant, `/demandes/${sent.id}`, 'Instruction des aides');
  await shoot(applicant, 'request-1280');
  const phone = await openAs(browser, server, camille, { width: 360, height: 740 });
  await visit(phone, `/demandes/${draft.id}/formulaire?etape=scopes`, 'Les données');
  await shoot(phone, 'form-360');
  const instructor = await openAs(browser, server, sacha, { colorScheme: 'dark' });
  await visit(instructor, `/instruction/${sent.id}`, 'Instruction des aides');
  await shoot(instructor, 'instruction-1280-dark');
} finally {
  await browser.close();
  await server.stop();
}

function shoot(page, name) {
  return page.screenshot({ path: `${FOLDER}${name}.png` });
}
