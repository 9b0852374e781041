// From a stranger to a person who is logged in, on the screens and through the mail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccount } from '../support/accounts.mjs';
import { openPage } from '../support/browser.mjs';
import { COMPANY, SIRETS } from '../support/sirets.mjs';
import { focused, logIn, look, openAs, ready, visit, withBrowser } from './steps.mjs';

const PASSWORD = 'une tasse bleue au bord du quai';
let server;
let browser;

withBrowser((started) => ([server, browser] = started));

async function fillSignUp(page, { siret, email }) {
  await page.getByLabel('SIRET, nom ou commune').fill(siret);
  await page.getByText(/^SIRET \d/).waitFor();
  await page.getByLabel('Prénom').fill('Noé');
  await page.getByLabel('Nom', { exact: true }).fill('D’Août');
  await page.getByLabel('Adresse e-mail professionnelle').fill(email);
  await page.keyboard.press('Tab');
}

async function choosePassword(page) {
  await page.getByLabel('Mot de passe', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Activer mon compte' }).press('Enter');
}

for (const width of [360, 1280]) {
  test(`signs_up_activates_and_logs_in_at_${width}_px`, async () => {
    const page = await openPage(browser, server.url, { width });
    const email = `noe${width}@annecy${width}.example`;
    const siret = width === 360 ? SIRETS.ANNECY : SIRETS.RENNES;
    await visit(page, '/inscription', 'Créer un compte');
    await fillSignUp(page, { siret: siret.replace(/(\d{3})(\d{3})(\d{3})/, '$1 $2 $3 '), email });
    await page.getByText('vous serez le premier').waitFor();
    await look(page);
    await page.getByRole('button', { name: 'Créer mon compte' }).press('Enter');
    await ready(page, 'Vérifiez votre messagerie');
    await look(page);

    const mail = await server.mailbox.take({ to: email });
    await page.goto(mail.url);
    await ready(page, 'Activer votre compte');
    await page.getByText(email, { exact: true }).waitFor();
    await page
      .getByText(siret.replace(/(\d{3})(\d{3})(\d{3})/, '$1\u00a0$2\u00a0$3\u00a0'))
      .waitFor();
    assert.equal(await page.getByLabel('Prénom').inputValue(), 'Noé');
    await page.getByText('vous serez le premier').waitFor();
    await page.getByText('Ce n’est pas vous, ou pas votre organisation').waitFor();
    await look(page);
    await page.getByLabel('Nom', { exact: true }).fill('Août');
    const secret = page.getByLabel('Mot de passe', { exact: true });
    await secret.fill(PASSWORD);
    await page.getByRole('button', { name: 'Afficher le mot de passe' }).press('Enter');
    assert.equal(await secret.getAttribute('type'), 'text');
    await page.getByRole('button', { name: 'Activer mon compte' }).press('Enter');
    await ready(page, 'Votre compte est actif');
    assert.equal(await focused(page), 'h1');
    assert.equal(new URL(page.url()).hash, '');
    await page.getByRole('main').getByRole('link', { name: 'Se connecter' }).press('Enter');
    await ready(page, 'Se connecter');
    await logIn(page, { email, password: PASSWORD });
    await ready(page, 'Mes demandes');
    await look(page);
    await visit(page, '/compte', 'Mon compte');
    assert.equal(await page.getByLabel('Nom', { exact: true }).inputValue(), 'Août');
    await page.done();
  });
}

test('a_used_link_is_refused_with_a_next_step', async () => {
  const page = await openPage(browser, server.url);
  const email = 'deux@nantes.example';
  await visit(page, '/inscription', 'Créer un compte');
  await fillSignUp(page, { siret: SIRETS.NANTES, email });
  await page.getByRole('button', { name: 'Créer mon compte' }).click();
  const mail = await server.mailbox.take({ to: email });
  const late = await openPage(browser, server.url);
  await late.goto(mail.url);
  await ready(late, 'Activer votre compte');
  await page.goto(mail.url);
  await choosePassword(page);
  await ready(page, 'Votre compte est actif');
  await choosePassword(late);
  await ready(late, 'Ce compte est déjà actif');
  await late.done();
  await page.goto('/');
  await page.goto(mail.url);
  await ready(page, 'Ce compte est déjà actif');
  await look(page);
  await page.getByRole('main').getByRole('link', { name: 'Se connecter' }).press('Enter');
  await ready(page, 'Se connecter');
  await page.done();
});

test('warns_before_sending_that_the_domain_is_unknown', async () => {
  await createAccount(server, { siret: SIRETS.LILLE, domain: 'lille.example' });
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  await fillSignUp(page, { siret: SIRETS.LILLE, email: 'x@ailleurs.example' });
  await page.getByText('n’est pas encore connu de cette organisation').waitFor();
  await page.getByRole('button', { name: 'Créer mon compte' }).click();
  await page.getByText('le rattachement restera en attente').waitFor();
  const mail = await server.mailbox.take({ to: 'x@ailleurs.example' });
  await page.goto(mail.url);
  await page.getByText('n’est pas encore connu de cette organisation').waitFor();
  await look(page);
  await choosePassword(page);
  await ready(page, /votre rattachement est en attente/);
  await look(page);
  await page.done();
});

test('finds_an_organisation_by_its_name', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  await page.getByLabel('SIRET, nom ou commune').fill('mairie de Clamart');
  await page.keyboard.press('Enter');
  await page.getByRole('radio', { name: 'Clamart', exact: true }).first().check();
  await page.getByText('elle peut demander un accès').waitFor();
  await look(page);
  await page.done();
});

test('shows_state_and_eligibility_with_reason_before_sending', async () => {
  const page = await openPage(browser, server.url, { width: 360 });
  await visit(page, '/inscription', 'Créer un compte');
  for (const [siret, ...sentences] of [
    [SIRETS.LYON, 'ouverte', 'éligible', 'C’est une administration'],
    ['21920023500022', 'fermée', 'Cet établissement est fermé'],
    [COMPANY, 'éligible avec une mission', 'vous joindrez cet acte à la demande'],
  ]) {
    await page.getByLabel(SIRET).fill(siret);
    const card = page.locator('.establishment-card').filter({
      hasText: siret.replace(/(\d{3})(\d{3})(\d{3})/, '$1\u00a0$2\u00a0$3\u00a0'),
    });
    for (const sentence of sentences) await card.getByText(sentence).first().waitFor();
    await look(page);
  }
  await page.done();
});

test('a_late_directory_answer_is_shown_at_its_field_without_moving_focus', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  let answer;
  const asked = new Promise((resolve) => {
    void page.route('**/v1/directory/establishments/55837874100737', (route) => {
      answer = () => route.continue();
      resolve();
    });
  });
  await page.getByLabel(SIRET).fill('55837874100737');
  await asked;
  const name = page.getByLabel('Prénom');
  await name.fill('No');
  await answer();
  await page.getByText('Ce SIRET est inconnu du répertoire').first().waitFor();
  await page.keyboard.type('é');
  assert.equal(await name.inputValue(), 'Noé');
  await page.done();
});

test('a_new_activation_link_invalidates_the_former_one', async () => {
  const page = await openPage(browser, server.url);
  const email = 'encore@bordeaux.example';
  await visit(page, '/inscription', 'Créer un compte');
  await fillSignUp(page, { siret: SIRETS.BORDEAUX, email });
  await page.getByRole('button', { name: 'Créer mon compte' }).press('Enter');
  await ready(page, 'Vérifiez votre messagerie');
  const former = await server.mailbox.take({ to: email });
  await page.getByRole('link', { name: 'Recevoir un nouveau lien' }).press('Enter');
  await ready(page, 'Recevoir un nouveau lien');
  await page.getByLabel('Adresse e-mail').fill(email);
  await page.getByRole('button', { name: 'Envoyer un nouveau lien' }).press('Enter');
  await ready(page, 'Vérifiez votre messagerie');
  const newer = await server.mailbox.take({ to: email });
  await page.goto(former.url);
  await ready(page, 'Un lien plus récent a été envoyé');
  await page.goto('/');
  await page.goto(newer.url);
  await choosePassword(page);
  await ready(page, 'Votre compte est actif');
  await page.done();
});

const SIRET = 'SIRET, nom ou commune';
const EMAIL = 'Adresse e-mail professionnelle';
const SECRET = 'Mot de passe';
/** Field, what is typed there instead of what is right, and what is read at that very field. */
const WRONG = [
  [SIRET, '2192002350001', 'Un SIRET compte 14 chiffres ; vous en avez saisi 13'],
  [SIRET, '219200235000144', 'vous en avez saisi 15'],
  [SIRET, '2192002350001A', 'ne contient que des chiffres'],
  [SIRET, '12345678901234', 'un chiffre est sans doute faux'],
  [SIRET, '12345356000000', 'un chiffre est sans doute faux'],
  [SIRET, '00000000000000', 'que de zéros'],
  [SIRET, '55837874100737', 'répertoire'],
  ['Prénom', 'Ana\tX', 'sur une seule ligne'],
  [EMAIL, 'a@b@mairie.example', 'qu’un seul signe @'],
  [EMAIL, 'a,b@mairie.example', 'sans virgule'],
  [EMAIL, '"ab"@mairie.example', 'sans guillemets'],
  [EMAIL, 'ana', 'Il manque le signe @'],
  [EMAIL, 'ana@localhost', 'nom de domaine'],
];
const WRONG_SECRETS = [
  [
    SECRET,
    'Tr4mont-ane',
    'trop court : il doit compter de 12 à 128 caractères, et le vôtre en a 11',
  ],
  [SECRET, `${'Ab3-'.repeat(32)}x`, 'trop long : il doit compter de 12 à 128 caractères'],
  [SECRET, 'motdepasse123', 'trop courant'],
  [SECRET, 'voici-durandal-2026!', 'ni votre nom ni le début de votre adresse'],
];

/** The field is marked, its own sentence stands there, and the keyboard is in it. */
function isWrong([control, sentence]) {
  const marks = (control.getAttribute('aria-describedby') ?? '').split(' ');
  const said = marks.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
  const same = (text) => text.replaceAll('’', "'").replace(/\s+/g, ' ');
  return (
    document.activeElement === control &&
    control.getAttribute('aria-invalid') === 'true' &&
    same(said).includes(same(sentence))
  );
}

async function tryWrong(page, values, button) {
  for (const [label, typed, sentence] of values) {
    const field = page.getByLabel(label, { exact: true });
    const right = await field.inputValue();
    await field.fill(typed);
    await page.getByRole('button', { name: button }).press('Enter');
    const control = await field.elementHandle();
    await page.waitForFunction(isWrong, [control, sentence]).catch(() => {
      throw new Error(`${label} « ${typed} »: not told « ${sentence} » at the field`);
    });
    await field.fill(right);
    if (label === SIRET) await page.getByText(/^SIRET \d/).waitFor();
  }
}

test('each_invalid_value_has_its_message_at_its_focused_field', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  const email = 'durandal@mairie.example';
  await fillSignUp(page, { siret: SIRETS.LYON, email });
  await tryWrong(page, WRONG, 'Créer mon compte');
  await look(page);
  await page.getByRole('button', { name: 'Créer mon compte' }).press('Enter');
  const mail = await server.mailbox.take({ to: email });
  await page.goto(mail.url);
  await ready(page, 'Activer votre compte');
  await tryWrong(page, WRONG_SECRETS, 'Activer mon compte');
  await look(page);
  await page.done();
});

test('a_wrong_siret_is_explained_by_the_search_too', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  const field = page.getByLabel(SIRET);
  for (const [label, typed, sentence] of [...WRONG, [SIRET, 'ab', 'au moins trois lettres']]) {
    if (label !== SIRET) continue;
    await field.fill(typed);
    await page.getByRole('button', { name: 'Chercher' }).press('Enter');
    await page.waitForFunction(isWrong, [await field.elementHandle(), sentence]);
  }
  await page.done();
});

test('names_and_international_addresses_are_shown_as_typed', async () => {
  const names = ['نورة 👩🏽‍💻', 'x'.repeat(199) + 'é'];
  const page = await openPage(browser, server.url, { width: 360 });
  await visit(page, '/inscription', 'Créer un compte');
  await fillSignUp(page, { siret: SIRETS.TOULOUSE, email: 'zoe@mairie-éléphant.example' });
  await page.getByLabel('Prénom').fill(names[0]);
  await page.getByLabel('Nom', { exact: true }).fill(names[1]);
  await page.getByRole('button', { name: 'Créer mon compte' }).press('Enter');
  await ready(page, 'Vérifiez votre messagerie');
  const mail = await server.mailbox.take({ to: 'zoe@mairie-éléphant.example' });
  await page.goto(mail.url);
  await choosePassword(page);
  await ready(page, 'Votre compte est actif');
  await visit(page, '/connexion', 'Se connecter');
  await logIn(page, { email: 'zoe@mairie-éléphant.example', password: PASSWORD });
  await ready(page, 'Mes demandes');
  await look(page);
  await visit(page, '/compte', 'Mon compte');
  assert.equal(await page.getByLabel('Prénom').inputValue(), names[0]);
  assert.equal(await page.getByLabel('Nom', { exact: true }).inputValue(), names[1]);
  await look(page);
  await page.done();
});

test('all_errors_are_listed_and_link_to_their_fields', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  await page.getByRole('button', { name: 'Créer mon compte' }).click();
  const summary = page.getByRole('alert');
  await summary.getByText('4 points sont à corriger').waitFor();
  await look(page);
  await summary.getByRole('link', { name: /Prénom/ }).press('Enter');
  assert.equal(await page.getByLabel('Prénom').evaluate((e) => e === document.activeElement), true);
  await page.done();
});

test('input_survives_a_reload', async () => {
  const page = await openPage(browser, server.url);
  await visit(page, '/inscription', 'Créer un compte');
  await page.getByLabel('Prénom').fill('Zoé 🦉');
  await page.reload();
  await ready(page, 'Créer un compte');
  assert.equal(await page.getByLabel('Prénom').inputValue(), 'Zoé 🦉');
  await page.done();
});

test('a_forgotten_password_is_reset_by_mail', async () => {
  const account = await createAccount(server, { siret: SIRETS.LYON });
  const page = await openPage(browser, server.url);
  await visit(page, '/mot-de-passe', 'Mot de passe oublié');
  await page.getByLabel('Adresse e-mail').fill(account.email);
  await page.keyboard.press('Enter');
  await ready(page, 'Vérifiez votre messagerie');
  const mail = await server.mailbox.take({ to: account.email });
  await page.goto(mail.url);
  await ready(page, 'Choisir un nouveau mot de passe');
  await page.getByLabel('Nouveau mot de passe').fill('trop court');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('12 à 128 caractères').waitFor();
  await page.getByLabel('Nouveau mot de passe').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await ready(page, 'Mot de passe changé');
  await page.done();
  const again = await openAs(browser, server, { email: account.email, password: PASSWORD });
  await again.done();
});
