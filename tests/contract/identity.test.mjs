// One address, one number, one password, however it is spelled: what people typed is shown, keys are compared.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { activate, logInAs, PASSWORD, randomWord, register } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { cast, contact, decide, draftRequest, submitRequest } from '../support/requests.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

let server;
let instructor;
let support;
before(async () => {
  server = await startServer();
  ({ instructor } = await cast(server));
  support = await logInAs(server, {
    siret: SIRETS.DINUM,
    domain: 'dinum.example',
    role: 'support',
  });
});
after(() => server.stop());

const sql = (text) => server.database.sql(text);

/** A domain of its own with an accent, as people write it and as the network does. */
function accented() {
  const word = randomWord();
  return { shown: `évry-${word}.example`, ascii: new URL(`http://évry-${word}.example`).hostname };
}

/** Spellings of `local@domain` that people paste, of a domain out of `accented`. */
const SPELLINGS = {
  'the A-label': (local, { ascii }) => `${local}@${ascii}`,
  capitals: (local, { shown }) => `${local}@${shown}`.toUpperCase(),
  'a decomposed accent': (local, { shown }) => `${local}@${shown.normalize('NFD')}`,
  'no-break blanks': (local, { shown }) => `\u00a0${local}@${shown}\u202f`,
  'a zero-width blank': (local, { shown }) => `${local}\u200b@${shown}`,
  'marks of direction': (local, { shown }) => `\u202a${local}@${shown}\u202c\u200e`,
  'full-width letters': (local, { shown }) =>
    `${local}@${shown}`.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
};

/** Signs up with one spelling: the account, its address as it is shown, and the mail. */
async function signUpAs(spell = (local, { shown }) => `${local}@${shown}`, siret = SIRETS.LYON) {
  const domain = accented();
  const local = randomWord();
  const form = {
    email: spell(local, domain),
    given_name: 'Ana',
    family_name: 'Benali',
    siret,
  };
  (await server.client().post('/v1/accounts', form)).expect(202);
  const mail = await server.mailbox.take({ subject: /Activez/ });
  return { domain, local, mail, email: `${local}@${domain.shown}` };
}

describe('an_address_in_any_spelling', () => {
  for (const [name, spell] of Object.entries(SPELLINGS))
    test(`signs_up_and_logs_in_with_${name.replaceAll(/[^a-zA-Z]/g, '_')}`, async () => {
      const { domain, local, mail, email } = await signUpAs(spell);
      // By SMTP without SMTPUTF8; the part before the @ stays as it was typed.
      assert.match(mail.raw, new RegExp(`^To: ${local}@${domain.ascii}\\r?$`, 'im'));
      (await activate(server.client(), mail.token)).expect(200);
      const { body } = await server.client().logIn(email, PASSWORD);
      assert.equal(body.account.email.toLowerCase(), email);
      assert.doesNotMatch(body.account.email, /xn--|\p{Default_Ignorable_Code_Point}/u);
      for (const other of Object.values(SPELLINGS))
        await server.client().logIn(other(local, domain), PASSWORD);
      const key = `${local}@${domain.ascii}`;
      assert.deepEqual(await sql(`select count(*) from account where email_key = '${key}'`), ['1']);
    });

  test('is_one_account_for_the_second_who_signs_up_with_it', async () => {
    const { domain, local, mail } = await signUpAs();
    (await activate(server.client(), mail.token)).expect(200);
    const form = {
      email: SPELLINGS['the A-label'](local, domain),
      given_name: 'Eve',
      family_name: 'Autre',
      siret: SIRETS.CLAMART,
    };
    (await server.client().post('/v1/accounts', form)).expect(202);
    await mailsDone(server);
    const mails = await server.mailbox.list();
    const told = mails.filter(({ raw }) => raw.includes(`To: ${local}@${domain.ascii}`));
    const count = (subject) => told.filter((mail) => subject.test(mail.subject)).length;
    assert.deepEqual([count(/Activez/), count(/déjà/)], [1, 1]);
  });

  test('proves_the_domain_of_colleagues', async () => {
    const { domain, mail } = await signUpAs(undefined, SIRETS.RENNES);
    (await activate(server.client(), mail.token)).expect(200);
    const query = { domain: domain.ascii.toUpperCase() };
    const path = `/v1/directory/establishments/${SIRETS.RENNES}/likely-case`;
    const { body } = (await server.client().get(`${path}?${new URLSearchParams(query)}`)).expect(
      200,
    );
    assert.deepEqual(body, { likely_case: 'same_domain', domain: domain.shown });
  });

  for (const [name, spell] of Object.entries(SPELLINGS))
    test(`names_a_contact_with_${name.replaceAll(/[^a-zA-Z]/g, '_')}`, async () => {
      const named = await signUpAs();
      (await activate(server.client(), named.mail.token)).expect(200);
      const person = server.client();
      await person.logIn(named.email, PASSWORD);
      const { applicant, domain } = await cast(server);
      const technical = { ...contact('x'), email: spell(named.local, named.domain) };
      const { id } = await submitRequest(applicant.client, {
        domain,
        patch: { contacts: { technical } },
      });
      const shown = (await applicant.client.get(`/v1/requests/${id}`)).expect(200).body.contacts;
      assert.equal(shown.technical.email.toLowerCase().normalize('NFC'), named.email);
      assert.doesNotMatch(shown.technical.email, /xn--|\p{Default_Ignorable_Code_Point}/u);
      assert.deepEqual(Object.keys(shown.technical).sort(), Object.keys(technical).sort());
      assert.equal((await person.get(`/v1/requests/${id}`)).status, 200);
      (await decide(instructor.client, id, 'approve')).expect(201);
      const { body } = (await applicant.client.get(`/v1/requests/${id}`)).expect(200);
      (await person.post(`/v1/tokens/${body.token_id}/reveal`)).expect(200);
      const mail = await server.mailbox.take({ subject: new RegExp(`${body.number}\\b`) });
      assert.ok(mail);
    });

  test('is_invited_transferred_to_and_looked_up', async () => {
    const { applicant } = await cast(server);
    const colleague = await signUpAs(undefined, SIRETS.CLAMART);
    (await activate(server.client(), colleague.mail.token)).expect(200);
    await sql(`update membership set state = 'active' where account_id =
      (select id from account where email_key = '${colleague.local}@${colleague.domain.ascii}')`);
    const { id } = await draftRequest(applicant.client);
    for (const [name, spell] of Object.entries(SPELLINGS)) {
      const q = spell(colleague.local, colleague.domain);
      const query = new URLSearchParams({ q });
      const { body } = (await support.client.get(`/v1/accounts?${query}`)).expect(200);
      assert.deepEqual(
        body.items.map((one) => one.email),
        [colleague.email],
        name,
      );
    }
    const email = SPELLINGS['no-break blanks'](colleague.local, colleague.domain);
    (await applicant.client.post(`/v1/requests/${id}/transfer`, { email })).expect(200);
    const found = await instructor.client.get(
      `/v1/requests?${new URLSearchParams({ q: SPELLINGS.capitals(colleague.local, colleague.domain) })}`,
    );
    assert.equal(found.expect(200).body.items.length, 0, 'a draft is not for the staff');
  });

  test('is_trusted_and_distrusted_as_a_domain', async () => {
    const { shown, ascii } = accented();
    const path = `/v1/organisations/${SIRETS.CLAMART}/trusted-domains`;
    const added = await support.client.post(path, { domain: ascii.toUpperCase() });
    assert.equal(added.expect(201).body.domain, shown);
    (await support.client.post(path, { domain: `\u200b${shown}` })).expect(409);
    const { body } = (await support.client.get(path)).expect(200);
    assert.ok(body.items.some((one) => one.domain === shown));
    const spelled = encodeURIComponent(shown.toUpperCase());
    (await support.client.delete(`${path}/${spelled}`)).expect(204);
    (await support.client.delete(`${path}/${ascii}`)).expect(404);
  });

  test('is_imported_once', async () => {
    const domain = accented();
    const rows = [`ana@${domain.shown}`, `\u202aANA@${domain.ascii}\u202c`].map(
      (email) => `${email},Ana,Martin,SIRET : ${SIRETS.CLAMART}`,
    );
    const file = join(server.dataDir, `${randomUUID()}.csv`);
    await writeFile(file, ['email,given_name,family_name,siret', ...rows, ''].join('\r\n'));
    const { stdout } = await runProgram(['import-accounts', file], { env: server.env });
    assert.match(stdout, /1 accounts created, 1 already there/);
  });
});

test('a_contact_typed_anew_in_another_spelling_is_no_change', async () => {
  const { applicant, domain } = await cast(server);
  const { id } = await submitRequest(applicant.client, { domain });
  (await decide(instructor.client, id, 'approve')).expect(201);
  (await applicant.client.post(`/v1/requests/${id}/reopening`)).expect(200);
  const save = async (technical) => {
    const { etag } = (await applicant.client.get(`/v1/requests/${id}`)).expect(200);
    const patch = { contacts: { technical } };
    (await applicant.client.patch(`/v1/requests/${id}`, patch, { etag })).expect(200);
  };
  await save({
    email: `\u00a0TECHNIQUE@${domain.toUpperCase()}\u200b`,
    phone: '+33\u202f(0)1\u202f99\u202f00\u202f12\u202f34',
  });
  (await applicant.client.post(`/v1/requests/${id}/submission`)).expect(409);
  const { body } = (await applicant.client.get(`/v1/requests/${id}/events`)).expect(200);
  assert.equal(body.items[0].event, 'reopen', 'nothing was edited');
  await save({ phone: '01 99 00 12 35' });
  const after = (await applicant.client.get(`/v1/requests/${id}/events`)).expect(200).body.items[0];
  assert.deepEqual(
    after.changes.map((one) => one.pointer),
    ['/contacts/technical/phone'],
  );
  const { body: told } = (await applicant.client.get(`/v1/requests/${id}/changes`)).expect(200);
  assert.deepEqual(
    told.changes.map((one) => one.pointer),
    ['/contacts/technical/phone'],
  );
});

describe('a_siret_in_any_spelling', () => {
  const digits = SIRETS.CLAMART;
  const grouped = (blank) => digits.replace(/(...)(...)(...)/, `$1${blank}$2${blank}$3${blank}`);
  const wide = digits.replace(/\d/g, (d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0));
  const spellings = [
    ...['\u00a0', '\u202f', '\u2009', '\u200b', '.', '-'].map(grouped),
    `\u202a${digits}\u202c`,
    wide,
    `SIRET : ${grouped(' ')}`,
    `N° SIRET\u00a0: ${grouped('\u202f')}`,
  ];

  test('signs_up_starts_a_request_and_filters_lists', async () => {
    const { applicant } = await cast(server);
    for (const siret of spellings) {
      const person = await register(server, { siret });
      const preview = await server
        .client()
        .post('/v1/accounts/activation/preview', { token: person.token });
      assert.equal(preview.expect(200).body.siret, digits, siret);
      const query = new URLSearchParams({ siret });
      for (const path of ['/v1/requests', '/v1/tokens', '/v1/habilitations'])
        (await applicant.client.get(`${path}?${query}`)).expect(200);
      const found = await server
        .client()
        .get(`/v1/directory/establishments?${new URLSearchParams({ q: siret })}`);
      assert.deepEqual(
        found.expect(200).body.items.map((one) => one.siret),
        [digits],
        siret,
      );
    }
    const start = { product: 'api-entreprise', use_case: 'demande-libre', siret: spellings.at(-1) };
    assert.equal(
      (await applicant.client.post('/v1/requests', start)).expect(201).body.siret,
      digits,
    );
  });

  test('finds_requests_by_the_number_as_people_write_it', async () => {
    const { applicant, domain } = await cast(server);
    const { id } = await submitRequest(applicant.client, { domain });
    for (const q of [
      `SIRET : ${grouped(' ')}`,
      wide,
      '+33 1 99 00 12 34',
      '01\u00a099\u00a000\u00a012\u00a034',
    ]) {
      const query = new URLSearchParams({ q, relation: 'applicant' });
      const { body } = (await applicant.client.get(`/v1/requests?${query}`)).expect(200);
      assert.deepEqual(
        body.items.map((one) => one.id),
        [id],
        q,
      );
    }
  });

  test('a_vat_number_is_told_as_such_and_offers_the_establishments', async () => {
    const vat = `FR07 ${SIRETS.DINUM.slice(0, 9)}`;
    const form = {
      email: `a@${randomWord()}.example`,
      given_name: 'A',
      family_name: 'B',
      siret: vat,
    };
    const { body } = (await server.client().post('/v1/accounts', form)).expect(422);
    assert.match(body.errors[0].message, /numéro de TVA : il donne le SIREN 130025265/);
    const found = await server
      .client()
      .get(`/v1/directory/establishments?${new URLSearchParams({ q: vat })}`);
    assert.ok(found.expect(200).body.items.some((one) => one.siret === SIRETS.DINUM));
  });
});

describe('a_password_with_accents', () => {
  const composed = 'parapluie-violet-\u00e9t\u00e9-42';
  const decomposed = composed.normalize('NFD');

  test('lets_in_composed_and_decomposed', async () => {
    for (const password of [composed, decomposed]) {
      const { email } = await logInAs(server, { password });
      await server.client().logIn(email, composed);
      await server.client().logIn(email, decomposed);
      const plain = { email, password: composed.replaceAll('\u00e9', 'e') };
      (await server.client().post('/v1/session', plain)).expect(401);
    }
  });

  test('lets_in_by_a_hash_of_what_was_typed_and_hashes_it_anew', async () => {
    // crypt(3) of the decomposed "neuf chevaux ailés", as a former system kept it.
    const typed = 'neuf chevaux aile\u0301s';
    const raw = '$2b$05$CCCCCCCCCCCCCCCCCCCCC.F/dFnbbn/Id9Rdz3Bs7e3PE/qqu5pKG';
    const { email } = await logInAs(server);
    const hash = async () =>
      (await sql(`select password_hash from account where email_key = '${email}'`))[0];
    await sql(`update account set password_hash = '${raw}' where email_key = '${email}'`);
    const other = { email, password: typed.normalize('NFC') };
    (await server.client().post('/v1/session', other)).expect(401);
    await server.client().logIn(email, typed);
    assert.match(String(await hash()), /^\$argon2id\$/);
    await server.client().logIn(email, typed.normalize('NFC'));
    await server.client().logIn(email, typed);
  });
});
