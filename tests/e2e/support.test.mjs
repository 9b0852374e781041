// Who belongs to which organisation, on the screens: support's queue and verdicts, trusted domains, and
// what the persons concerned see of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAccount, logInAs, signUp } from '../support/accounts.mjs';
import { launchBrowser } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';
import { COMPANY, SIRETS } from '../support/sirets.mjs';
import { look, openAs, ready, visit } from './steps.mjs';

let server;
let browser;
let support;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  support = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'support',
    familyName: 'Roux',
  });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const open = async (options) => {
  const page = await openAs(browser, server, support, options);
  await visit(page, '/support', 'Support');
  return page;
};

/** Somebody of another domain than the members of `siret`. */
async function suspended(siret, domain, givenName) {
  const person = await signUp(server, { siret, domain, given_name: givenName });
  assert.equal(person.status, 'suspended');
  return person;
}

const caseOf = (page, name) =>
  page.getByRole('main').getByRole('listitem').filter({ hasText: name });

async function decide(page, name, button, fill = async () => {}) {
  await caseOf(page, name)
    .getByRole('button', { name: `${button} : ${name}` })
    .press('Enter');
  const dialog = page.getByRole('dialog');
  await fill(dialog);
  await look(page);
  await dialog.getByRole('button', { name: button, exact: true }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  // The page has been drawn again once it says so: what is pressed before is pressed on the former one.
  await page.waitForFunction(
    (said) => document.getElementById('live-assertive').textContent.includes(said),
    name,
  );
}

test('the_queue_shows_each_case_with_its_evidence_and_takes_three_verdicts', async () => {
  const siret = SIRETS.RENNES;
  const member = await createAccount(server, { siret, domain: 'rennes.example' });
  await suspended(siret, 'presta.example', 'Alma');
  await suspended(siret, 'metropole.example', 'Boris');
  await suspended(siret, 'inconnu.example', 'Chloé');
  const page = await open();
  const alma = caseOf(page, 'Alma Benali');
  await alma.getByText('presta.example', { exact: true }).waitFor();
  await alma.getByText('rennes.example (un membre)').waitFor();
  await alma.getByText('Place de la Mairie, 35000 Rennes').waitFor();
  await alma.getByText('éligible').waitFor();
  await look(page);

  await decide(page, 'Alma Benali', 'Accepter comme externe');
  await decide(page, 'Boris Benali', 'Accepter', (dialog) =>
    dialog.getByLabel('Faire confiance à metropole.example désormais').check(),
  );
  const chloe = caseOf(page, 'Chloé Benali');
  await chloe.getByText('metropole.example', { exact: true }).waitFor();
  await chloe.getByText('Accepté comme externe – presta.example').waitFor();
  await chloe.getByRole('button', { name: 'Refuser : Chloé Benali' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Refuser', exact: true }).press('Enter');
  await dialog.getByRole('alert').getByText('ce champ est à remplir').waitFor();
  await dialog.getByLabel('Motif').fill('Personne ne vous connaît à la mairie.');
  await dialog.getByRole('button', { name: 'Refuser', exact: true }).press('Enter');
  await page.getByRole('heading', { name: 'Personne n’attend' }).waitFor();
  await page.done();

  const newcomer = await signUp(server, { siret, domain: 'metropole.example' });
  assert.equal(newcomer.status, 'active', 'the domain is trusted now');
  await server.mailbox.take({ to: member.email, subject: /rejoint/ });
});

test('each_person_sees_the_verdict_on_the_membership', async () => {
  const siret = COMPANY;
  await createAccount(server, { siret, domain: 'laposte.example' });
  const person = await suspended(siret, 'ailleurs.example', 'Dina');
  const page = await openAs(browser, server, person, { width: 360 });
  await page.getByText('attend l’avis du support').waitFor();
  await look(page);
  await visit(page, '/demandes/nouvelle', /demande/);
  await page.getByRole('link', { name: 'Mon organisation' }).last().press('Enter');
  await ready(page, 'Mon organisation');
  await page.getByText('car ses membres ont des adresses d’un autre domaine').waitFor();
  await page.getByRole('heading', { name: 'Vous n’agissez pour aucune organisation' }).waitFor();
  await look(page);

  const desk = await open({ width: 360 });
  await decide(desk, 'Dina Benali', 'Refuser', (dialog) =>
    dialog.getByLabel('Motif').fill('Écrivez-nous depuis votre adresse de mairie.'),
  );
  await desk.done();
  await visit(page, '/organisation', 'Mon organisation');
  await page.getByText('Écrivez-nous depuis votre adresse de mairie.').waitFor();
  await look(page);
  await page.done();

  const again = await open();
  await again.getByLabel('Nom ou adresse e-mail d’une personne').fill(person.email);
  await again.keyboard.press('Enter');
  await again.getByRole('heading', { name: `Rattachements de « ${person.email} »` }).waitFor();
  await look(again);
  await decide(again, 'Dina Benali', 'Accepter');
  await caseOf(again, 'Dina Benali')
    .getByText(/^\W*membre$/)
    .waitFor();
  await again.done();
});

test('a_reported_member_appears_in_the_queue_of_support', async () => {
  const place = { siret: SIRETS.NANTES, domain: 'nantes.example' };
  const member = await logInAs(server, place);
  const { session } = await logInAs(server, { ...place, givenName: 'Intrus' });
  const [{ id }] = session.memberships;
  const comment = 'Nous ne sommes que deux.';
  (await member.client.post(`/v1/memberships/${id}/report`, { comment })).expect(204);
  const page = await open();
  await page.getByRole('heading', { name: 'Signalées par un collègue' }).waitFor();
  const found = caseOf(page, 'Intrus Durand');
  await found.getByText(comment).waitFor();
  await decide(page, 'Intrus Durand', 'Refuser', (dialog) =>
    dialog.getByLabel('Motif').fill('Vos collègues ne vous connaissent pas.'),
  );
  await found.waitFor({ state: 'detached' });
  await page.done();
});

test('trusted_domains_are_managed_for_each_organisation', async () => {
  await createAccount(server, { siret: SIRETS.LYON, domain: 'lyon.example' });
  const page = await open({ width: 360 });
  const section = page.getByRole('main');
  await section.getByLabel('SIRET, nom ou commune de l’organisation').fill(SIRETS.LYON);
  await section.getByText('n’a aucun domaine de confiance').waitFor();
  const add = async (domain) => {
    await section.getByLabel('Domaine', { exact: true }).fill(domain);
    await section.getByRole('button', { name: 'Faire confiance à ce domaine' }).press('Enter');
  };
  await add('gmail.com');
  await section.getByRole('alert').getByRole('link').waitFor();
  await look(page);
  await add('metropole-lyon.example');
  await section.getByText('metropole-lyon.example', { exact: true }).waitFor();
  await look(page);
  assert.equal(
    (await signUp(server, { siret: SIRETS.LYON, domain: 'metropole-lyon.example' })).status,
    'active',
  );
  await section.getByRole('button', { name: 'Retirer : metropole-lyon.example' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Retirer', exact: true }).press('Enter');
  await section.getByText('n’a aucun domaine de confiance').waitFor();
  await page.done();
});

test('the_queue_is_hidden_without_the_role', async () => {
  const page = await openAs(browser, server, await createAccount(server, { siret: SIRETS.PARIS }));
  assert.equal(await page.getByRole('link', { name: 'Support' }).count(), 0);
  await page.goto('/support');
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.equal(await page.getByRole('heading', { name: 'En attente' }).count(), 0);
  await page.done();
});

test('support_sees_who_was_first_in_an_organisation_by_free_mail', async () => {
  const first = await logInAs(server, {
    siret: SIRETS.ANNECY,
    domain: 'laposte.net',
    givenName: 'Line',
    familyName: 'Libre',
  });
  await server.database.sql(
    `update membership set ground = 'first' where account_id = '${first.session.account.id}'`,
  );
  for (const width of [360, 1280]) {
    const page = await open({ width });
    await page
      .getByRole('heading', {
        name: 'Nouvelles organisations rejointes par une messagerie grand public',
      })
      .waitFor();
    await caseOf(page, 'Line Libre').getByText('laposte.net', { exact: true }).waitFor();
    await look(page);
    await page.context().close();
  }
});

test('the_queue_says_that_an_address_was_kept_out_before', async () => {
  const siret = SIRETS.ANNECY;
  await createAccount(server, { siret, domain: 'annecy.example' });
  const { email, password } = await suspended(siret, 'revenante.example', 'Dalila');
  const page = await open({ viewport: { width: 360, height: 740 } });
  await caseOf(page, 'Dalila Benali').waitFor();
  assert.equal(await page.getByText('Déjà écartée de cette organisation').count(), 0);
  const client = server.client();
  await client.logIn(email, password);
  (await client.delete('/v1/account')).expect(204);
  await signUp(server, { siret, email, given_name: 'Dalila' });
  await visit(page, '/support', 'Support');
  await caseOf(page, 'Dalila Benali').getByText('Déjà écartée de cette organisation').waitFor();
  await look(page);
});
