// Mails of a running program while its SMTP server is away, slow to be found again, or picky.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { activate, signUpForm } from '../support/accounts.mjs';
import { logDone } from '../support/barrier.mjs';
import { startMailer } from '../support/smtp.mjs';
import { waitFor } from '../support/wait.mjs';

const PEOPLE = 12;

let mailer;
let server;
before(async () => {
  mailer = await startMailer();
  ({ server } = mailer);
});
after(() => mailer?.stop());

async function signUp(form = {}) {
  const person = signUpForm(form);
  (await server.client().post('/v1/accounts', person)).expect(202);
  return person.email;
}

async function countOutbox(where) {
  const [{ count }] = await server.database.rows(`select count(*)::int from outbox where ${where}`);
  return count;
}

test('delivers_every_mail_once_after_an_outage', async (t) => {
  const people = [];
  for (let i = 0; i < PEOPLE; i++) people.push(await signUp());
  await waitFor('a try of each mail', async () => (await countOutbox('attempts > 0')) === PEOPLE);
  assert.equal(await countOutbox("state = 'sent'"), 0);
  assert.ok(server.stderr.includes('"mail_failed"'));
  const smtp = await mailer.listen(t);
  await waitFor('every mail', async () => (await countOutbox("state = 'sent'")) === PEOPLE);
  const mails = smtp.received.map(({ mail }) => mail);
  assert.deepEqual(mails.map(({ to }) => to).sort(), people.sort());
  assert.equal(new Set(mails.map(({ headers }) => headers.get('message-id'))).size, PEOPLE);
  assert.ok(smtp.received.every(({ secure, user }) => secure && user === 'guichet'));
  // The link works, so what was mailed is what is expected.
  const [{ to, url, token }] = mails;
  assert.equal(url, `${server.url}/activation#${token}`);
  const activation = await activate(server.client(), token);
  activation.expect(200);
  await logDone(server, activation.headers['x-request-id']);
  assert.ok(!server.stderr.includes(to));
  assert.ok(!server.stderr.includes('smtp secret'));
  await smtp.stop();
});

test('gives_up_on_a_permanently_refused_recipient_and_delivers_the_others', async (t) => {
  const smtp = await mailer.listen(t);
  const refused = await signUp({ email: 'unknown@mairie.example' });
  const other = await signUp();
  await waitFor('the other mail', async () => smtp.received.some(({ mail }) => mail.to === other));
  await waitFor('the refusal', async () => (await countOutbox("state = 'parked'")) === 1);
  const [{ recipient, last_error }] = await server.database.rows(
    "select recipient, last_error from outbox where state = 'parked'",
  );
  assert.equal(recipient, refused);
  assert.match(last_error, /recipient refused/);
  assert.doesNotMatch(last_error, /mairie/);
  await smtp.stop();
});

test('sends_waiting_mails_after_a_restart', async (t) => {
  const late = await signUp();
  await waitFor(
    'a try that failed',
    async () => (await countOutbox(`recipient = '${late}' and last_error is not null`)) === 1,
  );
  await server.kill('SIGKILL');
  const smtp = await mailer.listen(t);
  await server.start();
  await waitFor('the mail', async () => smtp.received.some(({ mail }) => mail.to === late));
  await waitFor('its mark', async () => (await countOutbox("state = 'pending'")) === 0);
  assert.equal(smtp.received.length, 1);
  await smtp.stop();
});
