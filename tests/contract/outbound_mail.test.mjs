// Mails handed to a real SMTP server: STARTTLS, AUTH, refusals, outages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Outbound } from '../support/outbound.mjs';
import { freePort } from '../support/ports.mjs';
import { STRICT, onlyUser, refusal, startSmtp as startServer } from '../support/smtp.mjs';
import { makeCertificate } from '../support/tls.mjs';

const ID = '3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a';
const MAIL = {
  do: 'mail',
  id: ID,
  recipient: 'camille@mairie.fr',
  subject: 'Activez votre compte à la mairie',
  text: 'Bonjour,\n\nhttps://guichet.example/activation#abc_DEF-123\n\n.un point seul :\n.\nÀ bientôt',
  html: '<p>Bonjour</p>',
};

let certificate;
let port;
before(async () => {
  certificate = makeCertificate();
  port = await freePort();
});
after(() => certificate.remove());

const startSmtp = (t, options = {}) => startServer(t, certificate, port, options);

function start(t, settings = {}) {
  const all = {
    GUICHET_SMTP_URL: `smtp://127.0.0.1:${port}`,
    GUICHET_SMTP_CA_FILE: certificate.file,
    GUICHET_MAIL_FROM: 'Guichet <g@guichet.fr>',
    ...settings,
  };
  return new Outbound(all, t);
}

const LOGIN = { GUICHET_SMTP_USER: 'guichet', GUICHET_SMTP_PASSWORD: 'smtp secret' };
const onAuth = onlyUser('guichet', 'smtp secret');

test('delivers_over_starttls_after_login', async (t) => {
  const smtp = await startSmtp(t, { authOptional: false, onAuth });
  const outbound = start(t, LOGIN);
  assert.equal((await outbound.ask(MAIL)).error, 'ok');
  const [{ secure, user, envelope, mail }] = smtp.received;
  assert.equal(secure, true);
  assert.equal(user, 'guichet');
  assert.equal(envelope.mailFrom.address, 'g@guichet.fr');
  assert.deepEqual(
    envelope.rcptTo.map(({ address }) => address),
    ['camille@mairie.fr'],
  );
  assert.equal(mail.subject, MAIL.subject);
  assert.equal(mail.from, 'g@guichet.fr');
  assert.equal(mail.text.trim(), MAIL.text);
  assert.equal(mail.html.trim(), MAIL.html);
  assert.equal(mail.token, 'abc_DEF-123');
  assert.equal(mail.headers.get('message-id'), `<${ID}@guichet.fr>`);
});

test('keeps_its_connection_between_mails', async (t) => {
  const smtp = await startSmtp(t);
  const outbound = start(t);
  for (let i = 0; i < 3; i++) assert.equal((await outbound.ask(MAIL)).error, 'ok');
  assert.equal(smtp.received.length, 3);
  assert.equal(smtp.sessions.size, 1);
});

test('gives_up_on_a_recipient_that_does_not_exist_but_not_on_others', async (t) => {
  const smtp = await startSmtp(t);
  const outbound = start(t);
  const refused = await outbound.ask({ ...MAIL, recipient: 'unknown@mairie.fr' });
  assert.equal(refused.error, 'invalid');
  assert.doesNotMatch(refused.reason, /unknown|mairie/);
  const later = await outbound.ask({ ...MAIL, recipient: 'later@mairie.fr' });
  assert.equal(later.error, 'unavailable');
  assert.equal((await outbound.ask(MAIL)).error, 'ok');
  assert.equal(smtp.received.length, 1);
});

test('tries_again_later_where_the_sender_or_the_login_is_refused', async (t) => {
  const smtp = await startSmtp(t, { onMailFrom: (address, session, done) => done(refusal(550)) });
  const outbound = start(t);
  assert.equal((await outbound.ask(MAIL)).error, 'unavailable');
  await smtp.stop();
  await startSmtp(t, { authOptional: false, onAuth });
  const wrong = start(t, { ...LOGIN, GUICHET_SMTP_PASSWORD: 'wrong' });
  const answer = await wrong.ask(MAIL);
  assert.equal(answer.error, 'unavailable');
  assert.doesNotMatch(answer.reason + wrong.log, /wrong|secret/);
});

test('sends_nothing_without_tls_or_to_an_untrusted_certificate', async (t) => {
  const plain = await startSmtp(t, { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
  const outbound = start(t);
  assert.equal((await outbound.ask(MAIL)).error, 'unavailable');
  const open = start(t, { GUICHET_SMTP_STARTTLS: 'off' });
  assert.equal((await open.ask(MAIL)).error, 'ok');
  assert.equal(plain.received.length, 1);
  await plain.stop();
  const other = makeCertificate();
  const stranger = await startSmtp(t, { key: other.key, cert: other.cert });
  const careful = start(t);
  assert.equal((await careful.ask(MAIL)).error, 'unavailable');
  assert.equal(stranger.received.length, 0);
  await stranger.stop();
  other.remove();
});

test('delivers_once_the_server_is_back', async (t) => {
  const outbound = start(t);
  assert.equal((await outbound.ask(MAIL)).error, 'unavailable');
  const first = await startSmtp(t);
  assert.equal((await outbound.ask(MAIL)).error, 'ok');
  await first.stop();
  const second = await startSmtp(t);
  assert.equal((await outbound.ask(MAIL)).error, 'ok');
  assert.equal(second.received.length, 1);
});

test('refuses_addresses_and_subjects_that_smuggle_headers', async (t) => {
  const smtp = await startSmtp(t);
  const outbound = start(t);
  for (const change of [
    { recipient: 'a@b.fr\r\nRCPT TO:<c@d.fr>' },
    { recipient: 'a@b.fr>\r\nDATA' },
    { recipient: 'a@b.fr> <c@d.fr' },
    { recipient: '' },
    { subject: 'Bonjour\r\nBcc: c@d.fr' },
    { subject: 'Bonjour\nBcc: c@d.fr' },
  ]) {
    assert.equal((await outbound.ask({ ...MAIL, ...change })).error, 'invalid');
  }
  assert.equal(smtp.received.length, 0);
});

/** The text part as it was sent, decoded by nothing but the rules of RFC 2045. */
function decodeText(raw) {
  const [head, body] = raw
    .toString('latin1')
    .split('text/plain; charset=utf-8\r\n')[1]
    .split(/\r\n\r\n([^]*)/);
  assert.match(head, /^Content-Transfer-Encoding: quoted-printable$/);
  const quoted = body.slice(0, body.indexOf('\r\n--=_guichet_'));
  for (const line of quoted.split('\r\n')) {
    assert.ok(line.length <= 76, line);
    assert.doesNotMatch(line, /[ \t]$/);
  }
  const bytes = quoted
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}

test('a_relay_that_takes_seven_bits_alone_gets_the_text_byte_for_byte', async (t) => {
  const smtp = await startSmtp(t, STRICT);
  const outbound = start(t, { GUICHET_MAIL_FROM: 'Préfecture de l’Eure <g@préfecture.fr>' });
  const long = `${'é'.repeat(700)} ${'mot '.repeat(600)}fin=3D\n`;
  const text =
    'Bonjour \u202fà tous 🙂 \t\n\n' +
    'https://guichet.example/activation#abcdefghijklmnopqrstuvwxyz_0123456789-ABCDEFGHI\n' +
    `\n.\n..\nFrom ici\n=\n=C3=A9\n${long}${'x'.repeat(76)}\n${'x'.repeat(77)}\n`;
  assert.equal((await outbound.ask({ ...MAIL, text })).error, 'ok');
  const [{ raw, mail }] = smtp.received;
  assert.equal(decodeText(raw), text);
  assert.equal(mail.token, 'abcdefghijklmnopqrstuvwxyz_0123456789-ABCDEFGHI');
  assert.equal(mail.subject, MAIL.subject);
  assert.equal(mail.html.trim(), MAIL.html);
  assert.match(mail.raw, /^From: =\?UTF-8\?B\?\S+\?= <g@xn--prfecture-c4a\.fr>\r$/m);
});

test('a_server_that_announces_eight_bits_gets_the_same', async (t) => {
  const smtp = await startSmtp(t);
  assert.equal((await start(t).ask(MAIL)).error, 'ok');
  assert.equal(decodeText(smtp.received[0].raw), `${MAIL.text}\n`);
});
