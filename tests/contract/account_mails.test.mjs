// Every mail about accounts and organisations, as a real SMTP server (STARTTLS, AUTH) receives it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { activate, logInAs, PASSWORD, signUpForm } from '../support/accounts.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { startMailer } from '../support/smtp.mjs';
import { waitFor } from '../support/wait.mjs';

const SUPPORT = 'aide@guichet.example';
const SIRET = SIRETS.RENNES;
let mailer;
let server;
before(async () => {
  mailer = await startMailer({ GUICHET_SUPPORT_EMAIL: SUPPORT });
  ({ server } = mailer);
});
after(() => mailer?.stop());

/** What each mail must say, and where its first link leads (a token follows a #). */
const MAILS = {
  activation: [
    /^Activez votre compte/,
    /Rennes \(SIRET 21350238800019\).*au nom de :.*Ana Benali.*pendant 24 heures/s,
    '/activation#',
  ],
  known: [/déjà un compte/, /Votre compte n’a pas changé/, '/connexion'],
  newcomer: [/a rejoint votre organisation/, /Ana Benali \(.*Signalez-la/s, '/organisation'],
  suspended: [/doit être vérifié$/, /Écrivez au support à l’adresse aide@guichet/, '/organisation'],
  accepted: [/est accepté$/, /vous pouvez agir pour cette organisation/, '/demandes'],
  external: [/comme prestataire/, /vos propres demandes/, '/demandes'],
  refused: [/n’est pas accepté/, /Personne ne vous connaît ici\./, '/organisation'],
  reported: [/signalé comme inconnu/, /Qui est-ce \?/, '/support'],
  reset: [/Choisissez un nouveau mot de passe/, /pendant 30 minutes/, '/mot-de-passe#'],
  password: [/mot de passe a changé/, /Ce n’était pas vous \?/, '/mot-de-passe'],
  taken: [/Cette adresse a déjà un compte/, /rien ne change/, '/connexion'],
  asked: [/changement d’adresse a été demandé/, /quand elle aura été confirmée/, '/compte'],
  confirm: [/Confirmez votre nouvelle adresse/, /D’ici là, votre adresse reste/, '/adresse#'],
  changed: [/adresse de votre compte a changé/, /ne permet plus de se connecter/, null],
  deleted: [/a été supprimé/, /ne portent plus votre nom/, null],
};

function checkMail({ secure, user, mail }, [subject, words, path]) {
  assert.ok(secure && user === 'guichet', 'by STARTTLS, after AUTH');
  assert.match(mail.subject, subject);
  assert.match(mail.text, words);
  assert.match(mail.text, /^Bonjour.*,\n/);
  assert.match(mail.text, /\nL’équipe Guichet\n*$/);
  const shown = mail.html
    .replace(/<style.*?<\/style>|<[^>]+>/gs, ' ')
    .replace(/&#39;|&apos;/g, "'");
  const flat = (text) => text.replace(/\s+/g, ' ');
  assert.match(flat(shown), new RegExp(words.source, 's'));
  assert.match(mail.html, /<html lang="fr"/);
  if (!path) return assert.equal(mail.url, undefined);
  assert.ok(mail.url.startsWith(server.url + path), mail.url);
  assert.ok(mail.text.split('\n').includes(mail.url), 'alone on its line');
  assert.ok(mail.html.includes(`href="${mail.url}"`), 'the same link in HTML');
}

test('each_mail_is_whole_as_text_and_as_html_and_its_link_opens_the_right_page', async (t) => {
  const smtp = await mailer.listen(t);
  const seen = new Set();
  const take = async (kind, to) => {
    const found = await waitFor(`the mail ${kind} to ${to}`, () =>
      smtp.received.find(
        (one) => !seen.has(one) && one.mail.to === to && MAILS[kind][0].test(one.mail.subject),
      ),
    );
    seen.add(found);
    checkMail(found, MAILS[kind]);
    return found.mail;
  };
  const stranger = server.client();
  const join = async (domain) => {
    const form = signUpForm({ siret: SIRET, domain });
    (await stranger.post('/v1/accounts', form)).expect(202);
    const { token } = await take('activation', form.email);
    (await activate(stranger, token)).expect(200);
    return form.email;
  };
  const support = (await logInAs(server, { siret: SIRETS.DINUM, role: 'support' })).client;
  const member = await logInAs(server, { siret: SIRET, domain: 'rennes.example' });

  const colleague = await join('rennes.example');
  await take('newcomer', member.email);
  (await stranger.post('/v1/accounts', signUpForm({ siret: SIRET, email: colleague }))).expect(202);
  await take('known', colleague);

  const verdict = { accept: 'accepted', accept_as_external: 'external', refuse: 'refused' };
  for (const [outcome, kind] of Object.entries(verdict)) {
    const email = await join(`${kind}.example`);
    await take('suspended', email);
    const { items } = (await support.get('/v1/memberships?state=suspended')).body;
    const reason = 'Personne ne vous connaît ici.';
    const path = `/v1/memberships/${items[0].id}/resolution`;
    const etag = `"${items[0].version}"`;
    (await support.post(path, { outcome, reason }, { etag })).expect(200);
    await take(kind, email);
  }

  const { items } = (await member.client.get(`/v1/organisations/${SIRET}/members`)).body;
  const { id } = items.find(({ account }) => account.email === colleague);
  const report = { comment: 'Qui est-ce ?' };
  (await member.client.post(`/v1/memberships/${id}/report`, report)).expect(204);
  await take('reported', SUPPORT);

  (await stranger.post('/v1/password-reset-mail', { email: colleague })).expect(202);
  const { token } = await take('reset', colleague);
  const password = 'girafe-turquoise-77-Mistral';
  (await stranger.post('/v1/password-reset', { token, password })).expect(204);
  await take('password', colleague);

  (await member.client.post('/v1/account/email', { email: colleague })).expect(202);
  await take('asked', member.email);
  await take('taken', colleague);

  const next = `nouvelle-${member.email}`;
  (await member.client.post('/v1/account/email', { email: next })).expect(202);
  await take('asked', member.email);
  const confirm = await take('confirm', next);
  const confirmation = { token: confirm.token };
  (await member.client.post('/v1/account/email-confirmation', confirmation)).expect(204);
  await take('changed', member.email);
  await take('changed', next);

  const leaving = server.client();
  await leaving.logIn(next, PASSWORD);
  (await leaving.delete('/v1/account')).expect(204);
  await take('deleted', next);
  await smtp.stop();
});
