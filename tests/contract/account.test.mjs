// The caller's own account: reading, changes, password, address, export, deletion; and retention.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAccount, logInAs, PASSWORD, signUp, signUpForm } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { runJob } from '../support/jobs.mjs';
import { createRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

const confirm = (client, token) => client.post('/v1/account/email-confirmation', { token });

const patch = (client, body, etag) => client.patch('/v1/account', body, { etag });

describe('changes', () => {
  test('replace_the_given_members_and_keep_the_others', async () => {
    const { client } = await logInAs(server);
    const before = (await client.get('/v1/account')).expect(200);
    const body = {
      given_name: 'Zoé',
      phone: '+33 1 23 45 67 89',
      locale: 'en',
      notifications: { message: false },
    };
    const changed = (await patch(client, body, before.etag)).expect(200);
    assert.notEqual(changed.etag, before.etag);
    assert.equal(changed.body.given_name, 'Zoé');
    assert.equal(changed.body.family_name, before.body.family_name);
    assert.deepEqual(changed.body.notifications, {
      new_submission: true,
      message: false,
      new_member: true,
    });
    const emptied = await patch(client, { phone: null, job_title: '' }, changed.etag);
    assert.equal(emptied.expect(200).body.phone, null);
  });

  test('require_the_version_that_was_read', async () => {
    const { client } = await logInAs(server);
    const { etag } = await client.get('/v1/account');
    (await client.patch('/v1/account', { given_name: 'X' })).expect(428);
    (await patch(client, { given_name: 'Y' }, etag)).expect(200);
    (await patch(client, { given_name: 'Z' }, etag)).expect(412);
  });

  test('refuse_read_only_members_and_invalid_values', async () => {
    const { client } = await logInAs(server);
    const { etag } = await client.get('/v1/account');
    const body = {
      email: 'x@y.example',
      given_name: null,
      locale: 'it',
      notifications: { spam: true, message: 1 },
    };
    assert.deepEqual((await patch(client, body, etag)).expect(422).codes, {
      '/email': 'unknown_member',
      '/given_name': 'required',
      '/locale': 'unknown_value',
      '/notifications/spam': 'unknown_member',
      '/notifications/message': 'wrong_type',
    });
  });
});

describe('password', () => {
  test('is_changed_with_the_current_one_and_ends_the_other_sessions', async () => {
    const { client, email } = await logInAs(server);
    const other = server.client();
    await other.logIn(email, PASSWORD);
    const put = (body) => client.put('/v1/account/password', body);
    const password = 'girafe-turquoise-77-Mistral';
    assert.deepEqual((await put({ password })).expect(422).codes, {
      '/current_password': 'required',
    });
    const wrong = { current_password: 'faux', password };
    assert.deepEqual((await put(wrong)).expect(422).codes, {
      '/current_password': 'wrong_password',
    });
    (await put({ current_password: PASSWORD, password })).expect(204);
    (await client.get('/v1/account')).expect(200);
    (await other.get('/v1/account')).expect(401);
    await server.mailbox.take({ to: email, subject: /mot de passe a changé/ });
    (await server.client().logIn(email, password)).expect(201);
  });
});

describe('address', () => {
  test('changes_once_confirmed_from_the_new_one_and_both_are_notified', async () => {
    const { client, email } = await logInAs(server, { domain: 'mairie.example' });
    const next = `new-${email}`;
    (await client.post('/v1/account/email', { email: next })).expect(202);
    assert.equal((await client.get('/v1/account')).body.pending_email, next);
    await server.mailbox.take({ to: email, subject: /demandé/ });
    const { token, url } = await server.mailbox.take({ to: next });
    assert.equal(url, `${server.url}/adresse#${token}`);
    const stranger = server.client();
    (await confirm(client, token)).expect(204);
    assert.equal((await confirm(client, token)).expect(422).body.type, '/problems/link-used');
    for (const to of [email, next]) await server.mailbox.take({ to, subject: /a changé/ });
    (await stranger.post('/v1/session', { email, password: PASSWORD })).expect(401);
    (await stranger.logIn(next, PASSWORD)).expect(201);
  });

  // Anyone who reads the mail of the new address is not yet the person who asked.
  test('changes_in_a_session_of_the_asking_account_alone', async () => {
    const { client, email } = await logInAs(server);
    const other = await logInAs(server);
    const next = `new-${email}`;
    (await client.post('/v1/account/email', { email: next })).expect(202);
    const { token } = await server.mailbox.take({ to: next });
    (await confirm(server.client(), token)).expect(401);
    const { body } = (await confirm(other.client, token)).expect(401);
    assert.match(body.detail, /depuis un autre compte/);
    assert.equal((await other.client.get('/v1/account')).expect(200).body.email, other.email);
    assert.equal((await client.get('/v1/account')).body.email, email);
    await mailsDone(server);
    assert.deepEqual(await server.mailbox.list({ to: next, subject: /a changé/ }), []);
    (await confirm(client, token)).expect(204);
    assert.equal((await client.get('/v1/account')).body.email, next);
  });

  test('ends_the_other_sessions_of_the_account', async () => {
    const { client, email } = await logInAs(server);
    const elsewhere = server.client();
    await elsewhere.logIn(email, PASSWORD);
    const next = `new-${email}`;
    (await client.post('/v1/account/email', { email: next })).expect(202);
    const { token } = await server.mailbox.take({ to: next });
    (await elsewhere.get('/v1/account')).expect(200);
    (await confirm(client, token)).expect(204);
    (await elsewhere.get('/v1/account')).expect(401);
    (await client.get('/v1/account')).expect(200);
  });

  test('that_another_account_took_meanwhile_is_left_to_it', async () => {
    const { client, email } = await logInAs(server);
    const elsewhere = server.client();
    await elsewhere.logIn(email, PASSWORD);
    const next = `new-${email}`;
    (await client.post('/v1/account/email', { email: next })).expect(202);
    const { token } = await server.mailbox.take({ to: next });
    await createAccount(server, { email: next });
    const { body } = (await confirm(client, token)).expect(409);
    assert.match(body.detail, /autre compte utilise/);
    assert.equal((await client.get('/v1/account')).body.email, email);
    (await elsewhere.get('/v1/account')).expect(200);
    await mailsDone(server);
    assert.deepEqual(await server.mailbox.list({ to: email, subject: /a changé/ }), []);
  });

  test('that_two_accounts_confirm_at_once_goes_to_one', async () => {
    for (let turn = 0; turn < 5; turn++) {
      const people = [await logInAs(server), await logInAs(server)];
      const next = `new-${people[0].email}`;
      const tokens = [];
      for (const { client } of people) {
        (await client.post('/v1/account/email', { email: next })).expect(202);
        tokens.push((await server.mailbox.take({ to: next, subject: /Confirmez/ })).token);
      }
      const answers = await Promise.all(people.map(({ client }, i) => confirm(client, tokens[i])));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409]);
    }
  });

  test('every_mailed_link_expires_when_its_mail_says', async () => {
    const { client, email } = await logInAs(server);
    (await client.post('/v1/account/email', { email: `n-${email}` })).expect(202);
    (await server.client().post('/v1/password-reset-mail', { email })).expect(202);
    const form = signUpForm();
    (await server.client().post('/v1/accounts', form)).expect(202);
    await mailsDone(server);
    const rows = await server.database.sql(
      `select kind, extract(epoch from expires_at - created_at)::int from link
       where account_id in (select id from account where email = '${email}') order by kind`,
    );
    assert.deepEqual(rows, ['email_change\t86400', 'password_reset\t1800']);
    const [lives] = await server.database.rows(
      `select extract(epoch from expires_at - now())::int as s from registration where email = '${form.email}'`,
    );
    assert.ok(lives.s > 86_300 && lives.s <= 86_400, `${lives.s} s`);
  });

  test('of_another_account_gets_no_link_and_its_owner_alone_is_told', async () => {
    const { client, email } = await logInAs(server);
    const known = await createAccount(server);
    (await client.post('/v1/account/email', { email: known.email })).expect(202);
    await server.mailbox.take({ to: email, subject: /demandé/ });
    const mail = await server.mailbox.take({ to: known.email });
    assert.match(mail.subject, /a déjà un compte/);
    assert.equal(mail.url, `${server.url}/connexion`);
    await mailsDone(server);
    assert.equal((await server.mailbox.list({ to: known.email })).length, 1);
  });

  test('that_is_known_looks_to_who_asks_like_one_that_is_not', async () => {
    const known = await createAccount(server);
    const seen = [];
    for (const next of [known.email, `nobody-${known.email}`]) {
      const { client } = await logInAs(server);
      const { status, body } = await client.post('/v1/account/email', { email: next });
      const account = (await client.get('/v1/account')).expect(200).body;
      seen.push({ status, body, pending: account.pending_email === next });
    }
    assert.deepEqual(seen[0], seen[1]);
    assert.equal(seen[0].pending, true);
  });

  test('of_another_domain_has_the_membership_reviewed', async () => {
    const siret = SIRETS.NANTES;
    const first = await signUp(server, { siret, domain: 'nantes.example' });
    await signUp(server, { siret, domain: 'nantes.example' });
    const client = server.client();
    await client.logIn(first.email, PASSWORD);
    const email = `moved-${first.email.split('@')[0]}@ailleurs.example`;
    (await client.post('/v1/account/email', { email })).expect(202);
    const { token } = await server.mailbox.take({ to: email });
    (await confirm(client, token)).expect(204);
    await server.mailbox.take({ to: email, subject: /vérifié de nouveau/ });
    assert.equal((await client.get('/v1/session')).body.memberships[0].state, 'suspended');
  });
});

describe('unused links', () => {
  test('to_change_the_address_end_with_the_password', async () => {
    const { client, email } = await logInAs(server);
    const intruder = `intruder-${email}`;
    (await client.post('/v1/account/email', { email: intruder })).expect(202);
    const { token } = await server.mailbox.take({ to: intruder });
    const password = 'girafe-turquoise-77-Mistral';
    (await client.put('/v1/account/password', { current_password: PASSWORD, password })).expect(
      204,
    );
    assert.equal((await confirm(client, token)).expect(422).body.type, '/problems/link-ended');
  });

  test('to_reset_the_password_end_with_the_password', async () => {
    const { client, email } = await logInAs(server);
    (await server.client().post('/v1/password-reset-mail', { email })).expect(202);
    const { token } = await server.mailbox.take({ to: email, subject: /nouveau mot de passe/ });
    const body = { current_password: PASSWORD, password: 'girafe-turquoise-77-Mistral' };
    (await client.put('/v1/account/password', body)).expect(204);
    const answer = await server.client().post('/v1/password-reset', { token, password: PASSWORD });
    assert.equal(answer.expect(422).body.type, '/problems/link-ended');
  });

  test('to_reset_the_password_end_with_the_address', async () => {
    const { client, email } = await logInAs(server);
    (await server.client().post('/v1/password-reset-mail', { email })).expect(202);
    const reset = await server.mailbox.take({ to: email, subject: /nouveau mot de passe/ });
    const next = `new-${email}`;
    (await client.post('/v1/account/email', { email: next })).expect(202);
    const { token } = await server.mailbox.take({ to: next });
    (await confirm(client, token)).expect(204);
    const body = { token: reset.token, password: 'girafe-turquoise-77-Mistral' };
    (await server.client().post('/v1/password-reset', body)).expect(422);
  });
});

describe('own data', () => {
  test('are_exported_as_one_document', async () => {
    const { client, email, session } = await logInAs(server);
    const { body } = (await client.get('/v1/account/export')).expect(200);
    assert.equal(body.account.email, email);
    assert.equal(body.memberships[0].id, session.memberships[0].id);
    assert.equal(body.sessions.length, 1);
    assert.ok(body.events.some(({ action }) => action === 'session.open'));
  });

  test('are_exported_with_their_files', async () => {
    const { client } = await logInAs(server, { siret: SIRETS.CLAMART });
    const { id } = (await createRequest(client, { siret: SIRETS.CLAMART })).body;
    const pdf = '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n';
    // They are given in pieces of 48 KiB: less than one, one, one and a byte, many.
    const contents = [0, 48 * 1024, 48 * 1024 + 1, 500_000].map((size) => pdf.padEnd(size, '\n'));
    for (const [i, content] of contents.entries()) {
      const form = new FormData();
      form.set('kind', 'other');
      form.set('file', new Blob([content]), `délibération n° ${i}.pdf`);
      (await client.post(`/v1/requests/${id}/attachments`, form)).expect(201);
    }
    const { body } = (await client.get('/v1/account/export')).expect(200);
    assert.deepEqual(
      body.requests.map((request) => request.id),
      [id],
    );
    assert.deepEqual(
      body.files.map((file) => file.file_name),
      contents.map((_, i) => `délibération n° ${i}.pdf`),
    );
    for (const [i, { content }] of body.files.entries())
      assert.ok(Buffer.from(content, 'base64').toString() === contents[i], `file ${i}`);
  });

  test('are_deleted_and_kept_rows_are_anonymous', async () => {
    const { client, email, session } = await logInAs(server, { familyName: 'Introuvable' });
    (await client.delete('/v1/account')).expect(204);
    (await client.get('/v1/account')).expect(401);
    (await server.client().post('/v1/session', { email, password: PASSWORD })).expect(401);
    await server.mailbox.take({ to: email, subject: /supprimé/ });
    const [row] = await server.database.rows(
      `select * from account where id = '${session.account.id}'`,
    );
    assert.equal(row.state, 'deleted');
    assert.ok(!JSON.stringify(row).includes(email) && !JSON.stringify(row).includes('Introuvable'));
    const again = await signUp(server, { email, siret: SIRETS.PARIS });
    assert.equal(again.status, 'active');
  });
});

describe('retention deletes', () => {
  const rows = (select) => server.database.rows(select);

  test('accounts_of_the_former_release_that_were_not_activated_within_30_days', async () => {
    const [kept, gone] = ['bientot@mairie.example', 'jamais@mairie.example'];
    const active = await createAccount(server);
    await server.database.sql(
      `insert into account (email, email_key, given_name, family_name, updated_at) values
         ('${kept}', '${kept}', 'Ana', 'Benali', now() - interval '29 days'),
         ('${gone}', '${gone}', 'Ana', 'Benali', now() - interval '31 days');
       update account set updated_at = now() - interval '31 days' where email = '${active.email}'`,
    );
    await runJob(server, 'retain_accounts');
    const all = [kept, gone, active.email];
    const left = await rows(
      `select email from account where email in (${all.map((one) => `'${one}'`)})`,
    );
    assert.deepEqual(
      new Set(left.map(({ email }) => email)),
      new Set([kept, active.email]),
      'who was active stays',
    );
  });

  test('sessions_that_expired_or_had_no_request_for_twelve_hours', async () => {
    const { client, session, email } = await logInAs(server);
    const ofMine = `account_id = '${session.account.id}'`;
    await server.database.sql(`update session set last_seen_at = now() - interval '11 hours',
      expires_at = now() + interval '1 minute' where ${ofMine}`);
    const kept = await rows(`select id from session where ${ofMine}`);
    for (const over of [
      `expires_at = now() - interval '1 minute'`,
      `last_seen_at = now() - interval '13 hours'`,
    ]) {
      await server.client().logIn(email, PASSWORD);
      await server.database.sql(
        `update session set ${over} where ${ofMine} and id <> '${kept[0].id}'`,
      );
      await runJob(server, 'retain_accounts');
      assert.deepEqual(await rows(`select id from session where ${ofMine}`), kept, over);
    }
    (await client.get('/v1/account')).expect(200);
  });

  test('links_seven_days_after_they_were_used_or_expired', async () => {
    const { session } = await logInAs(server);
    const account = session.account.id;
    // secret, end, use: days from now
    await server.database.sql(
      `insert into link (kind, account_id, secret_hash, expires_at, used_at)
       select 'password_reset', '${account}', secret::bytea,
              now() + ends * interval '1 day', now() + used * interval '1 day'
       from (values ('good', 1, null), ('ended', -6, null), ('used', 1, -6),
                    ('ended long ago', -8, null), ('used long ago', 1, -8)) v (secret, ends, used)`,
    );
    await runJob(server, 'retain_accounts');
    const left = await server.database.sql(
      `select convert_from(secret_hash, 'UTF8') from link where account_id = '${account}' order by 1`,
    );
    assert.deepEqual(left, ['ended', 'good', 'used']);
  });

  test('failed_attempts_after_a_day_unless_they_still_block', async () => {
    // key, start of its window, end of its block: hours from now
    await server.database.sql(
      `insert into attempt (key, count, window_started_at, blocked_until)
       select key::bytea, 1, now() + started * interval '1 hour', now() + blocked * interval '1 hour'
       from (values ('recent', -23, null), ('blocking', -25, 1),
                    ('old', -25, null), ('blocked once', -25, -24)) v (key, started, blocked)`,
    );
    await runJob(server, 'retain_accounts');
    const left = await server.database.sql(
      `select key from (select encode(key, 'escape') as key from attempt) a
       where key in ('recent', 'blocking', 'old', 'blocked once') order by 1`,
    );
    assert.deepEqual(left, ['blocking', 'recent']);
  });
});
