// Mailed links pressed twice, in the same browser and in another: what they did, and where to go on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logInAs, register } from '../support/accounts.mjs';
import { openPage } from '../support/browser.mjs';
import { approvedToken, cast } from '../support/requests.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { look, openAs, ready, visit, withBrowser } from './steps.mjs';

const PASSWORD = 'une tasse bleue au bord du quai';
let server;
let browser;
withBrowser((started) => ([server, browser] = started));

const sql = (text) => server.database.sql(text);
const press = (page, name) => page.getByRole('button', { name, exact: true }).press('Enter');
const choose = (page, label) => page.getByLabel(label, { exact: true }).fill(PASSWORD);

/** Each kind: its link, who opens it, what they press, the headings of a link that is over, and the way on. */
const KINDS = [
  {
    name: 'activation',
    async make() {
      const { email, token } = await register(server, { siret: SIRETS.LYON });
      return { url: `/activation#${token}`, email };
    },
    async use(page) {
      await ready(page, 'Activer votre compte');
      await choose(page, 'Mot de passe');
      await press(page, 'Activer mon compte');
      await ready(page, 'Votre compte est actif');
    },
    used: ['Ce compte est déjà actif', 'Se connecter', 'Se connecter'],
    age: ({ email }) =>
      `update registration set expires_at = now() - interval '1 s' where email = '${email}'`,
    expired: ['Ce lien a expiré', 'Recevoir un nouveau lien', 'Recevoir un nouveau lien'],
  },
  {
    name: 'password reset',
    async make() {
      const person = await logInAs(server, { siret: SIRETS.PARIS });
      (await server.client().post('/v1/password-reset-mail', { email: person.email })).expect(202);
      const subject = /nouveau mot de passe/;
      const { token } = await server.mailbox.take({ to: person.email, subject });
      return { url: `/mot-de-passe#${token}`, id: person.session.account.id };
    },
    async use(page) {
      await ready(page, 'Choisir un nouveau mot de passe');
      await choose(page, 'Nouveau mot de passe');
      await press(page, 'Changer le mot de passe');
      await ready(page, 'Mot de passe changé');
    },
    used: ['Ce mot de passe est déjà changé', 'Se connecter', 'Se connecter'],
    age: ({ id }) =>
      `update link set expires_at = now() - interval '1 s' where account_id = '${id}'`,
    expired: ['Ce lien a expiré', 'Recevoir un autre lien', 'Mot de passe oublié'],
  },
  {
    name: 'change of address',
    async make() {
      const person = await logInAs(server, { siret: SIRETS.PARIS });
      const next = `n${person.email}`;
      (await person.client.post('/v1/account/email', { email: next })).expect(202);
      const { token } = await server.mailbox.take({ to: next, subject: /Confirmez/ });
      return { url: `/adresse#${token}`, id: person.session.account.id, person, next };
    },
    async use(page) {
      await ready(page, 'Confirmer votre nouvelle adresse');
      await press(page, 'Confirmer l’adresse');
      await ready(page, 'Adresse confirmée');
    },
    needsPress: 'Confirmer l’adresse',
    used: ['Cette adresse est déjà confirmée', 'Mon compte', 'Mon compte'],
    age: ({ id }) =>
      `update link set expires_at = now() - interval '1 s' where account_id = '${id}'`,
    expired: ['Ce lien a expiré', 'Mon compte', 'Mon compte'],
  },
  {
    name: 'share',
    async make() {
      const people = await cast(server);
      const { path } = await approvedToken(people);
      const email = 'tiers@editeur.example';
      const { body } = (await people.applicant.client.post(`${path}/shares`, { email })).expect(
        201,
      );
      const { token } = await server.mailbox.take({ to: email });
      return { url: `/partage#${token}`, id: body.id };
    },
    async use(page) {
      await ready(page, 'Un jeton vous est transmis');
      await press(page, 'Afficher le jeton');
      await ready(page, 'Le jeton');
    },
    needsPress: 'Afficher le jeton',
    used: [
      'Ce jeton a déjà été affiché',
      'Comment s’en servir dans un programme',
      'Pour les programmes',
    ],
    age: ({ id }) =>
      `update token_share set expires_at = now() - interval '1 s' where id = '${id}'`,
    expired: ['Ce lien a expiré', 'Aide', 'Aide'],
  },
];

/** A browser of its own, in which the person is logged in where the link asks for it. */
const open = (link, width) =>
  link.person
    ? openAs(browser, server, { ...link.person, email: link.email ?? link.person.email }, { width })
    : openPage(browser, server.url, { width });

/** Opens a link that is over: its heading, and the way on that it gives. */
async function assertEnd(page, kind, { url }, [heading, way, next]) {
  await page.goto('/aide');
  await page.goto(url);
  if (kind.needsPress) await press(page, kind.needsPress);
  await ready(page, heading);
  await page
    .getByText(/\d\sh\s\d\d/)
    .first()
    .waitFor();
  await look(page);
  await page.getByRole('main').getByRole('link', { name: way, exact: true }).press('Enter');
  await ready(page, next);
}

for (const width of [360, 1280])
  for (const kind of KINDS) {
    test(`a_link_of_${kind.name.replaceAll(' ', '_')}_pressed_twice_at_${width}_px`, async () => {
      const link = await kind.make();
      const page = await open(link, width);
      await page.goto(link.url);
      await kind.use(page);
      await assertEnd(page, kind, link, kind.used);
      const elsewhere = await open({ ...link, email: link.next }, width);
      await assertEnd(elsewhere, kind, link, kind.used);
      await page.done();
      await elsewhere.done();
    });

    test(`a_link_of_${kind.name.replaceAll(' ', '_')}_that_expired_at_${width}_px`, async () => {
      const link = await kind.make();
      await sql(kind.age(link));
      const page = await open(link, width);
      await assertEnd(page, kind, link, kind.expired);
      await page.done();
    });
  }

test('a_replaced_link_leads_to_the_newer_one', async () => {
  const { email, token } = await register(server, { siret: SIRETS.LYON });
  (await server.client().post('/v1/accounts/activation-mail', { email })).expect(202);
  const newer = await server.mailbox.take({ to: email, subject: /Activez/ });
  const page = await openPage(browser, server.url, { width: 360 });
  await page.goto(`/activation#${token}`);
  await ready(page, 'Un lien plus récent a été envoyé');
  await look(page);
  await page.goto(newer.url);
  await ready(page, 'Activer votre compte');
  await page.done();
});

test('the_link_of_an_export_that_is_gone_says_so', async () => {
  const person = await logInAs(server, { siret: SIRETS.PARIS });
  const { body } = (await person.client.post('/v1/exports', { kind: 'account' })).expect(202);
  const { url } = await server.mailbox.take({ to: person.email, subject: /export/i });
  assert.equal(url, `${server.url}/exports?export=${body.id}`);
  const page = await openAs(browser, server, person, { width: 360 });
  await visit(page, url, 'Mes exports');
  assert.equal(await page.getByText('Cet export n’est plus là').count(), 0);
  await sql(`delete from export where id = '${body.id}'`);
  await visit(page, '/aide', 'Aide');
  await visit(page, url, 'Mes exports');
  await page.getByText('Cet export n’est plus là').waitFor();
  await look(page);
  await page.done();
});
