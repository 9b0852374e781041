// Numbers and addresses as people paste them: read as they are seen, shown as people write them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from '../support/browser.mjs';
import { answers, contact, draftRequest } from '../support/requests.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { cast } from '../support/requests.mjs';
import { logIn, look, openAs, ready, visit, withBrowser } from './steps.mjs';

const PASSWORD = 'une tasse bleue au bord de l’e\u0301te\u0301';
const DOMAIN = 'mairie-évry.example';
const ASCII = 'xn--mairie-vry-h7a.example';
let server;
let browser;

withBrowser((started) => ([server, browser] = started));

const grouped = (siret, blank) =>
  siret.replace(/(...)(...)(...)/, `$1${blank}$2${blank}$3${blank}`);

test('signs_up_with_a_number_copied_with_its_label_and_an_address_with_an_accent', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  const search = page.getByLabel('SIRET, nom ou commune');
  await search.fill(`SIRET\u00a0: ${grouped(SIRETS.ANNECY, '\u202f')}`);
  await page.getByText(/^SIRET 200/).waitFor();
  await page.getByLabel('Prénom').fill('Noé');
  await page.getByLabel('Nom', { exact: true }).fill('Août');
  await page.getByLabel('Adresse e-mail professionnelle').fill(`noe@${DOMAIN}`);
  await page.keyboard.press('Tab');
  await page.getByText('vous serez le premier').waitFor();
  await page.getByRole('button', { name: 'Créer mon compte' }).press('Enter');
  await ready(page, 'Vérifiez votre messagerie');

  const mail = await server.mailbox.take({ subject: /Activez/ });
  assert.match(mail.raw, new RegExp(`^To: noe@${ASCII}\\r?$`, 'm'));
  await page.goto(mail.url);
  await ready(page, 'Activer votre compte');
  await page.getByText(`noe@${DOMAIN}`, { exact: true }).waitFor();
  assert.doesNotMatch(await page.getByRole('main').innerText(), /xn--/);
  await page.getByLabel('Mot de passe', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Activer mon compte' }).press('Enter');
  await ready(page, 'Votre compte est actif');
  await page.getByRole('main').getByRole('link', { name: 'Se connecter' }).press('Enter');
  await ready(page, 'Se connecter');
  await logIn(page, { email: `NOE@${ASCII}`, password: PASSWORD.normalize('NFC') });
  await ready(page, 'Mes demandes');
  await visit(page, '/compte', 'Mon compte');
  await page.getByText(`noe@${DOMAIN}`).first().waitFor();
  assert.doesNotMatch(await page.getByRole('main').innerText(), /xn--/);
  await look(page);
  await page.done();
});

test('offers_the_establishments_of_a_vat_number', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  await page.getByLabel('SIRET, nom ou commune').fill(`FR07\u202f${SIRETS.DINUM.slice(0, 9)}`);
  await page.keyboard.press('Enter');
  await page
    .getByText(new RegExp(grouped(SIRETS.DINUM, '\\s')))
    .first()
    .waitFor();
  await page.getByRole('radio').first().check();
  await page.getByText(/^SIRET 130/).waitFor();
  await look(page);
  await page.done();
});

test('shows_a_contact_as_people_write_the_address_and_finds_the_file_by_it', async () => {
  const { applicant, domain } = await cast(server);
  const technical = {
    ...contact('x'),
    email: `ana@${ASCII}`,
    phone: '+33\u202f(0)1\u202f99\u202f00\u202f12\u202f34',
  };
  const { contacts } = answers({ domain });
  const { id } = await draftRequest(applicant.client, {
    domain,
    patch: { contacts: { ...contacts, technical } },
  });
  const page = await openAs(browser, server, applicant);
  await page.goto(`/demandes/${id}`);
  await page.getByText(`ana@${DOMAIN}`).first().waitFor();
  assert.doesNotMatch(await page.getByRole('main').innerText(), /xn--|\p{Cf}/u);
  await page.getByText('+33 (0)1 99 00 12 34').first().waitFor();
  await page.done();
});
