// Sign-up, activation, forgotten password: what nobody has to be logged in for.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  activate,
  createAccount,
  logInAs,
  PASSWORD,
  register,
  signUp,
  signUpForm,
} from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS, unknownSiret } from '../support/sirets.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

/** Makes the mailed links to an address older. */
async function grow(email, age) {
  const { database } = server;
  const older = `set expires_at = expires_at - interval '${age}'`;
  await database.sql(`update registration ${older} where email = '${email}'`);
  await database.sql(
    `update link ${older} where account_id = (select id from account where email = '${email}')`,
  );
}

async function refusal(changes) {
  const answer = await server.client().post('/v1/accounts', { ...signUpForm(), ...changes });
  return answer.expect(422);
}

const preview = (token) => server.client().post('/v1/accounts/activation/preview', { token });
const use = (token, input) => activate(server.client(), token, input);
const USED = '/problems/link-used';

/** What is kept of an address: registrations that live, accounts. */
async function keptOf(email) {
  const [row] = await server.database.rows(
    `select (select count(*)::int from registration where email_key = '${email}' and expires_at > now()) as waiting,
            (select count(*)::int from account where email_key = '${email}') as accounts`,
  );
  return row;
}

describe('sign-up', () => {
  test('mails_a_link_that_activates_once', async () => {
    const form = signUpForm({ siret: SIRETS.LYON });
    const client = server.client();
    const { body } = (await client.post('/v1/accounts', form)).expect(202);
    assert.equal(body.status, 'activation_sent');
    const mail = await server.mailbox.take({ to: form.email });
    const line = mail.text.split('\n').find((text) => text.includes(mail.token));
    assert.equal(line.trim(), `${server.url}/activation#${mail.token}`, 'alone on its line');
    assert.match(mail.html, new RegExp(`href="${server.url}/activation#${mail.token}"`));
    assert.deepEqual(await keptOf(form.email), { waiting: 1, accounts: 0 });
    (await client.post('/v1/session', { email: form.email, password: PASSWORD })).expect(401);
    assert.equal((await activate(client, mail.token)).expect(200).body.status, 'active');
    assert.equal((await activate(client, mail.token)).expect(422).body.type, USED);
    assert.deepEqual(await keptOf(form.email), { waiting: 0, accounts: 1 });
    const { account, memberships } = (await client.logIn(form.email, PASSWORD)).body;
    assert.equal(account.current_siret, SIRETS.LYON);
    assert.deepEqual(
      memberships.map(({ siret, state }) => ({ siret, state })),
      [{ siret: SIRETS.LYON, state: 'active' }],
    );
  });

  test('takes_no_password', async () => {
    const { codes } = await refusal({ password: PASSWORD });
    assert.deepEqual(codes, { '/password': 'unknown_member' });
  });

  test('keeps_job_title_and_phone_for_the_account', async () => {
    const others = { job_title: 'Cheffe de projet', phone: '01 23 45 67 89' };
    const { email, token } = await register(server, { siret: SIRETS.LYON, ...others });
    (await use(token)).expect(200);
    const { account } = (await server.client().logIn(email, PASSWORD)).body;
    assert.deepEqual({ job_title: account.job_title, phone: account.phone }, others);
  });

  test('says_whom_and_which_organisation_a_link_is_about_and_consumes_nothing', async () => {
    const { token, ...form } = await register(server, { siret: SIRETS.RENNES });
    (await server.client().get('/v1/accounts/activation')).expect(405);
    (await server.client().get('/v1/accounts/activation/preview')).expect(405);
    for (let i = 0; i < 2; i++) {
      const { body } = (await preview(token)).expect(200);
      const { organisation, likely, ...rest } = body;
      assert.match(organisation, /Rennes/i);
      assert.ok(['first', 'same_domain', 'other_domain'].includes(likely));
      assert.deepEqual(rest, form);
    }
    (await use(token)).expect(200);
    assert.equal((await preview(token)).expect(422).body.type, USED);
  });

  test('foresees_the_case_of_the_membership_as_it_is_when_the_link_is_opened', async () => {
    const siret = SIRETS.VEXIN;
    const { token } = await register(server, { siret, domain: 'vexin-un.example' });
    assert.equal((await preview(token)).body.likely, 'first');
    await createAccount(server, { siret, domain: 'vexin-deux.example' });
    assert.equal((await preview(token)).body.likely, 'other_domain');
    await createAccount(server, { siret, domain: 'vexin-un.example' });
    assert.equal((await preview(token)).body.likely, 'same_domain');
  });

  test('has_the_names_confirmed_or_corrected_at_the_activation', async () => {
    const { email, token } = await register(server, { siret: SIRETS.LYON });
    const wrong = await use(token, { given_name: '', family_name: 'a\nb' });
    assert.deepEqual(wrong.expect(422).codes, {
      '/given_name': 'required',
      '/family_name': 'control_character',
    });
    const password = 'voici-Nguyen-2026-ok';
    const own = await use(token, { family_name: 'Nguyen', password });
    assert.deepEqual(own.expect(422).codes, { '/password': 'contains_identity' });
    (await use(token, { family_name: 'Nguyen' })).expect(200);
    const { account } = (await server.client().logIn(email, PASSWORD)).body;
    assert.deepEqual([account.given_name, account.family_name], ['Ana', 'Nguyen']);
  });

  test('mails_a_link_that_expires_after_24_hours', async () => {
    for (const [age, status] of [
      ['23 hours 58 minutes', 200],
      ['24 hours', 422],
    ]) {
      const { email, token } = await register(server, { siret: SIRETS.LILLE });
      await grow(email, age);
      assert.equal((await preview(token)).status, status, age);
      assert.equal((await use(token)).status, status, age);
    }
  });

  test('answers_the_same_for_a_known_address_and_mails_its_owner', async () => {
    const known = await createAccount(server, { siret: SIRETS.CLAMART });
    const answers = [];
    for (const email of [known.email, `nobody-${known.email}`]) {
      const form = signUpForm({ email, siret: SIRETS.CLAMART });
      answers.push((await server.client().post('/v1/accounts', form)).expect(202));
    }
    const [one, other] = answers;
    assert.deepEqual(one.body, other.body);
    assert.deepEqual(Object.keys(one.headers).sort(), Object.keys(other.headers).sort());
    const mail = await server.mailbox.take({ to: known.email });
    assert.match(mail.subject, /déjà un compte/);
    (await server.client().logIn(known.email, known.password)).expect(201);
  });

  test('matches_an_address_in_other_case_and_its_domain_in_unicode', async () => {
    const form = signUpForm({ email: 'Zoe@mairie-éléphant.example', siret: SIRETS.VEXIN });
    const client = server.client();
    (await client.post('/v1/accounts', form)).expect(202);
    const mail = await server.mailbox.take({ to: 'Zoe@mairie-éléphant.example' });
    (await activate(client, mail.token)).expect(200);
    (await client.logIn('zoe@MAIRIE-ÉLÉPHANT.example', PASSWORD)).expect(201);
    (await client.logIn('zoe@xn--mairie-lphant-hhbb.example', PASSWORD)).expect(201);
  });

  for (const [name, given, family] of [
    ['right_to_left', 'نورة', 'בן־דוד'],
    ['emoji', 'Zoé 👩🏽‍💻', 'O’Brien‑Łukasz\u200d'],
    ['long', 'é'.repeat(200), 'x'.repeat(255)],
    ['blank_edged', ' Jean ', 'de  La\u00a0Tour '],
  ]) {
    test(`keeps_${name}_names_byte_for_byte`, async () => {
      const person = await signUp(server, {
        given_name: given,
        family_name: family,
        siret: SIRETS.BORDEAUX,
      });
      const { account } = (await server.client().logIn(person.email, PASSWORD)).body;
      assert.equal(account.given_name, given);
      assert.equal(account.family_name, family);
    });
  }
});

describe('whether an address has an account', () => {
  // What may differ between two answers to equal requests.
  const OWN = ['date', 'x-request-id'];
  const FORMS = {
    'sign-up': (client, email) =>
      client.post('/v1/accounts', signUpForm({ email, siret: SIRETS.CLAMART })),
    'a new activation link': (client, email) =>
      client.post('/v1/accounts/activation-mail', { email }),
    'a forgotten password': (client, email) => client.post('/v1/password-reset-mail', { email }),
    'log-in': (client, email) => client.post('/v1/session', { email, password: 'pas-le-bon-mot' }),
  };

  function seen({ status, headers, body }) {
    const shown = Object.entries(headers).filter(([name]) => !OWN.includes(name));
    return { status, headers: Object.fromEntries(shown), body: { ...body, request_id: null } };
  }

  for (const [name, send] of Object.entries(FORMS)) {
    test(`is_not_told_by_${name.replaceAll(/[ -]/g, '_')}`, async () => {
      const { email: active } = await createAccount(server, { siret: SIRETS.CLAMART });
      const pending = signUpForm({ siret: SIRETS.CLAMART });
      (await server.client().post('/v1/accounts', pending)).expect(202);
      const unknown = signUpForm().email;
      const answers = [];
      for (const email of [active, pending.email, unknown]) {
        const answer = seen(await send(server.client(), email));
        answers.push(JSON.parse(JSON.stringify(answer).replaceAll(email, 'EMAIL')));
      }
      assert.deepEqual(answers[1], answers[0]);
      assert.deepEqual(answers[2], answers[0]);
    });
  }
});

describe('bad input', () => {
  for (const [why, siret, code] of [
    ['of_13_digits', '2192002350001', 'invalid_format'],
    ['of_15_digits', '219200235000144', 'invalid_format'],
    ['with_letters', '2192002350001A', 'invalid_format'],
    ['with_a_wrong_check_digit', '21920023500015', 'invalid_format'],
    ['of_zeros', '00000000000000', 'invalid_format'],
    ['that_is_empty', '', 'required'],
    ['with_the_digits_of_la_poste_elsewhere', '12345356000000', 'invalid_format'],
    ['that_counts_up', '12345678901234', 'invalid_format'],
    ['that_the_directory_does_not_know', unknownSiret(), 'not_found'],
    ['that_is_good_but_nobody_s', '55837874100737', 'not_found'],
  ]) {
    test(`refuses_a_siret_${why}`, async () => {
      assert.deepEqual((await refusal({ siret })).codes, { '/siret': code });
    });
  }

  test('accepts_a_siret_with_spaces_and_punctuation', async () => {
    const form = signUpForm({ siret: ' 219 200 235\u00a000014 ' });
    (await server.client().post('/v1/accounts', form)).expect(202);
  });

  for (const siret of ['35600000049837', '35600000000048']) {
    test(`accepts_${siret}_of_la_poste`, async () => {
      (await server.client().post('/v1/accounts', signUpForm({ siret }))).expect(202);
    });
  }

  test('accepts_a_closed_establishment_which_cannot_create_a_request', async () => {
    const siret = '21920023500022';
    const person = await signUp(server, { siret });
    const client = server.client();
    await client.logIn(person.email, PASSWORD);
    const body = { product: 'api-entreprise', use_case: 'marches-publics', siret };
    const refused = await client.post('/v1/requests', body);
    assert.deepEqual(Object.keys(refused.expect(422).codes), ['/siret']);
  });

  for (const [why, email] of [
    ['with_two_at_signs', 'a@b@mairie.example'],
    ['with_a_comma', 'a,b@mairie.example'],
    ['with_a_quoted_part', '"a b"@mairie.example'],
    ['with_quotes_alone', '"ab"@mairie.example'],
    ['without_domain', 'ana@'],
    ['without_dot', 'ana@localhost'],
    ['with_a_line_break', 'ana@mairie.example\nbcc: x@y.example'],
  ]) {
    test(`refuses_an_email_${why}`, async () => {
      const { codes } = await refusal({ email });
      assert.deepEqual(Object.keys(codes), ['/email']);
    });
  }

  let waiting;
  const durandal = () => (waiting ??= register(server, { email: 'durandal@mairie.example' }));

  for (const [why, password, code] of [
    ['of_11_characters', 'Tr4mont-ane', 'too_short'],
    ['of_129_characters', 'Ab3-'.repeat(32) + 'x', 'too_long'],
    ['that_is_common', 'motdepasse123', 'too_common'],
    ['with_the_email', 'voici-durandal-2026!', 'contains_identity'],
    ['with_the_family_name', 'voici-Benali-2026-ok', 'contains_identity'],
  ]) {
    test(`refuses_a_password_${why}`, async () => {
      const { token } = await durandal();
      assert.deepEqual((await use(token, { password })).expect(422).codes, { '/password': code });
      (await preview(token)).expect(200);
    });
  }

  for (const [length, password] of [
    [12, 'Tr4mont-anes'],
    [128, 'Ab3-'.repeat(32)],
  ]) {
    test(`accepts_a_password_of_${length}_characters`, async () => {
      const { token } = await register(server);
      (await use(token, { password })).expect(200);
    });
  }

  test('refuses_line_breaks_in_names', async () => {
    const { codes } = await refusal({ given_name: 'Ana\nX', family_name: 'B\tC' });
    assert.deepEqual(codes, {
      '/given_name': 'control_character',
      '/family_name': 'control_character',
    });
  });

  test('names_every_wrong_field_in_one_answer_each_with_its_sentence', async () => {
    const { body, codes } = await refusal({
      email: 'x',
      given_name: '',
      family_name: 'n'.repeat(256),
      siret: '12',
      phone: 'abc',
      role: 'admin',
    });
    assert.deepEqual(codes, {
      '/email': 'invalid_format',
      '/given_name': 'required',
      '/family_name': 'too_long',
      '/siret': 'invalid_format',
      '/phone': 'invalid_format',
      '/role': 'unknown_member',
    });
    const sentences = body.errors.map(({ message }) => message);
    assert.equal(new Set(sentences).size, sentences.length);
    for (const sentence of sentences) assert.match(sentence, /^\p{Lu}.*\.$/u);
  });
});

describe('forgotten password', () => {
  test('is_reset_by_a_single_use_link_that_ends_every_session', async () => {
    const { client, email } = await logInAs(server);
    const stranger = server.client();
    (await stranger.post('/v1/password-reset-mail', { email })).expect(202);
    const { token, url } = await server.mailbox.take({
      to: email,
      subject: /nouveau mot de passe/,
    });
    assert.equal(url, `${server.url}/mot-de-passe#${token}`);
    const weak = await stranger.post('/v1/password-reset', { token, password: 'court' });
    assert.deepEqual(weak.expect(422).codes, { '/password': 'too_short' });
    const password = 'girafe-turquoise-77-Mistral';
    (await stranger.post('/v1/password-reset', { token, password })).expect(204);
    const again = await stranger.post('/v1/password-reset', { token, password });
    assert.equal(again.expect(422).body.type, '/problems/link-used');
    (await client.get('/v1/account')).expect(401);
    (await stranger.post('/v1/session', { email, password: PASSWORD })).expect(401);
    (await stranger.logIn(email, password)).expect(201);
    await server.mailbox.take({ to: email, subject: /mot de passe a changé/ });
  });

  test('mails_a_link_that_expires_after_30_minutes', async () => {
    const password = 'girafe-turquoise-77-Mistral';
    for (const [age, status] of [
      ['28 minutes', 204],
      ['30 minutes', 422],
    ]) {
      const { email } = await createAccount(server);
      (await server.client().post('/v1/password-reset-mail', { email })).expect(202);
      const { token } = await server.mailbox.take({ to: email });
      await grow(email, age);
      const answer = await server.client().post('/v1/password-reset', { token, password });
      assert.equal(answer.status, status, age);
    }
  });

  test('answers_the_same_for_an_unknown_address_and_sends_no_mail', async () => {
    const { email } = await createAccount(server);
    const stranger = server.client();
    const unknown = `nobody-${email}`;
    (await stranger.post('/v1/password-reset-mail', { email: unknown })).expect(202);
    (await stranger.post('/v1/password-reset-mail', { email })).expect(202);
    await server.mailbox.take({ to: email });
    await mailsDone(server);
    assert.deepEqual(await server.mailbox.list({ to: unknown }), []);
  });

  test('refuses_a_link_of_another_kind', async () => {
    const { token } = await register(server);
    const answer = await server.client().post('/v1/password-reset', { token, password: PASSWORD });
    assert.equal(answer.expect(422).body.type, '/problems/invalid');
    const { email } = await createAccount(server);
    (await server.client().post('/v1/password-reset-mail', { email })).expect(202);
    const reset = await server.mailbox.take({ to: email });
    assert.equal((await use(reset.token)).expect(422).body.type, '/problems/invalid');
    assert.equal((await preview(reset.token)).expect(422).body.type, '/problems/invalid');
  });
});
