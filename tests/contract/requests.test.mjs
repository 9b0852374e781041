// The life of a request as its applicant sees it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { logInAs } from '../support/accounts.mjs';
import {
  answers,
  cast,
  createRequest,
  decide,
  draftRequest,
  saveRequest,
  submitRequest,
} from '../support/requests.mjs';
import { patiently } from '../support/client.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const PRODUCTS = fileURLToPath(new URL('../../api/products/', import.meta.url));
const products = readdirSync(PRODUCTS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => JSON.parse(readFileSync(`${PRODUCTS}${name}/product.json`, 'utf8')));

let server;
let applicant;
let instructor;
let domain;
let stranger;
before(async () => {
  server = await startServer();
  ({ applicant, instructor, domain } = await cast(server));
  stranger = await logInAs(server, { siret: SIRETS.LYON, domain: 'lyon.example' });
});
after(() => server.stop());

const draft = (options) => draftRequest(applicant.client, { domain, ...options });
const submit = (options) => submitRequest(applicant.client, { domain, ...options });
const act = (client, id, what) => client.post(`/v1/requests/${id}/${what}`);

test('creates_a_request_filled_in_from_its_use_case', async () => {
  const { body, etag } = await createRequest(applicant.client, { useCase: 'marches-publics' });
  assert.equal(body.state, 'draft');
  assert.match(body.number, /^D\d+$/);
  assert.equal(etag, '"1"');
  assert.equal(body.title, 'Candidatures aux marchés publics');
  assert.match(body.legal_basis.text, /commande publique/);
  assert.ok(body.scopes.includes('chiffre_affaires_dgfip'));
  assert.ok(body.scopes.includes('open_data_extrait_rcs_infogreffe'), 'open data come along');
  assert.deepEqual(body.permissions.sort(), [
    'archive',
    'delete',
    'edit',
    'message',
    'submit',
    'transfer',
  ]);
});

test('refuses_to_create_a_request_that_is_not_allowed', async () => {
  const start = (members) =>
    applicant.client.post('/v1/requests', {
      product: 'api-entreprise',
      use_case: 'demande-libre',
      siret: SIRETS.CLAMART,
      ...members,
    });
  assert.deepEqual((await start({ product: 'nothing' })).expect(422).codes, {
    '/product': 'unknown_value',
  });
  assert.deepEqual((await start({ use_case: 'nothing' })).expect(422).codes, {
    '/use_case': 'unknown_value',
  });
  assert.deepEqual((await start({ use_case: 'portail-gru-instruction' })).expect(422).codes, {
    '/use_case': 'not_allowed',
  });
  assert.deepEqual((await start({ siret: '123' })).expect(422).codes, {
    '/siret': 'invalid_format',
  });
  assert.deepEqual((await start({ state: 'approved' })).expect(422).pointers, ['/state']);
  (await start({ siret: SIRETS.PARIS })).expect(403);
  await server.database.sql(
    `update organisation set state = 'closed' where siret = '${SIRETS.LYON}'`,
  );
  const closed = { product: 'api-entreprise', use_case: 'demande-libre', siret: SIRETS.LYON };
  assert.deepEqual((await stranger.client.post('/v1/requests', closed)).expect(422).codes, {
    '/siret': 'closed',
  });
  await server.database.sql(
    `update organisation set state = 'open' where siret = '${SIRETS.LYON}'`,
  );
});

for (const product of products) {
  for (const useCase of product.use_cases.filter((one) => one.startable_by_applicant)) {
    test(`completes_and_submits_${product.id}_${useCase.id}`, async () => {
      const { body } = await createRequest(applicant.client, {
        product: product.id,
        useCase: useCase.id,
      });
      const fixed = new Set(
        product.form.blocks
          .filter(({ id }) => useCase.read_only_blocks.includes(id))
          .flatMap(({ fields }) => fields.map(({ name }) => name.split('.')[0])),
      );
      const patch = Object.fromEntries(
        Object.entries(answers({ domain })).filter(([name]) => !fixed.has(name)),
      );
      if (!fixed.has('scopes') && useCase.preselected_scopes.length === 0) {
        patch.scopes = [product.scopes.find(({ open_data: open }) => !open).id];
      }
      const asked = patch.scopes ?? body.scopes;
      const sensitive = product.scopes.filter((one) => one.sensitive && asked.includes(one.id));
      if (!fixed.has('scope_justifications') && sensitive.length > 0) {
        patch.scope_justifications = Object.fromEntries(sensitive.map(({ id }) => [id, 'Requis']));
      }
      const saved = await saveRequest(applicant.client, body.id, patch);
      for (const name of fixed) assert.deepEqual(saved.body[name], body[name], name);
      const { body: checks } = await applicant.client.get(`/v1/requests/${body.id}/checks`);
      assert.deepEqual(checks.missing, []);
      (await act(applicant.client, body.id, 'submission')).expect(200);
    });
  }
}

test('reports_every_missing_field_at_once', async () => {
  const { body } = await createRequest(applicant.client);
  const refused = (await act(applicant.client, body.id, 'submission')).expect(422);
  const contacts = ['business', 'data_controller', 'data_protection_officer', 'technical'];
  assert.deepEqual(
    refused.pointers,
    [
      '/description',
      '/dpo_informed',
      '/legal_basis/text',
      '/recipients',
      '/retention_months',
      '/terms_accepted',
      '/title',
      ...contacts.flatMap((name) =>
        ['email', 'kind', 'phone'].map((member) => `/contacts/${name}/${member}`),
      ),
    ].sort(),
  );
  for (const { message } of refused.body.errors) assert.match(message, /^\p{Lu}.*[.]$/u);
});

const MISSING = {
  title: { title: null },
  description: { description: '' },
  'legal_basis/text': { legal_basis: { text: ' \n' } },
  recipients: { recipients: null },
  retention_months: { retention_months: '' },
  retention_justification: { retention_months: 37 },
  'scope_justifications/bilans_bdf': { scopes: ['bilans_bdf'] },
  'contacts/data_controller/email': { contacts: { data_controller: { email: null } } },
  'contacts/data_protection_officer/phone': {
    contacts: { data_protection_officer: { phone: '' } },
  },
  'contacts/business/family_name': { contacts: { business: { family_name: null } } },
  'contacts/technical/job_title': { contacts: { technical: { job_title: null } } },
  terms_accepted: { terms_accepted: false },
  dpo_informed: { dpo_informed: false },
};
for (const [pointer, patch] of Object.entries(MISSING)) {
  test(`refuses_submission_without_${pointer.replaceAll('/', '_')}`, async () => {
    const { id } = await draft({ patch });
    assert.deepEqual((await act(applicant.client, id, 'submission')).expect(422).codes, {
      [`/${pointer}`]: 'required',
    });
  });
}

test('refuses_a_controller_from_outside_the_organisation', async () => {
  const elsewhere = { contacts: { data_controller: { email: 'chef@ailleurs.example' } } };
  const { id } = await draft({ patch: elsewhere });
  assert.deepEqual((await act(applicant.client, id, 'submission')).expect(422).codes, {
    '/contacts/data_controller/email': 'not_allowed',
  });
  const member = { contacts: { data_controller: { email: applicant.email.toUpperCase() } } };
  await saveRequest(applicant.client, id, member);
  (await act(applicant.client, id, 'submission')).expect(200);
});

const WRONG = [
  [{ scopes: ['nothing'] }, { '/scopes/0': 'unknown_value' }],
  [{ retention_months: -1 }, { '/retention_months': 'out_of_range' }],
  [{ retention_months: 1000000000 }, { '/retention_months': 'out_of_range' }],
  [{ retention_months: 'abc' }, { '/retention_months': 'wrong_type' }],
  [{ legal_basis: { url: 'javascript:alert(1)' } }, { '/legal_basis/url': 'invalid_format' }],
  [{ title: 'a\nb' }, { '/title': 'control_character' }],
  [{ title: 'x'.repeat(256) }, { '/title': 'too_long' }],
  [{ description: 'é'.repeat(20001) }, { '/description': 'too_long' }],
  [{ contacts: { technical: { email: 'x' } } }, { '/contacts/technical/email': 'invalid_format' }],
  [{ state: 'approved' }, { '/state': 'server_owned' }],
  [{ nothing: 1 }, { '/nothing': 'unknown_member' }],
  [
    { title: 1, nothing: 2, production_date: '2026-02-30' },
    { '/title': 'wrong_type', '/nothing': 'unknown_member', '/production_date': 'invalid_format' },
  ],
];
test('refuses_each_wrong_member_by_its_pointer_and_keeps_the_rest', async () => {
  const { body, etag } = await createRequest(applicant.client);
  for (const [patch, expected] of WRONG) {
    const path = `/v1/requests/${body.id}`;
    assert.deepEqual(
      (await applicant.client.patch(path, patch, { etag })).expect(422).codes,
      expected,
    );
  }
  assert.equal((await applicant.client.get(`/v1/requests/${body.id}`)).etag, etag);
});

test('scope_rules_of_the_use_case_hold_in_the_api', async () => {
  const { body, etag } = await createRequest(applicant.client, { useCase: 'socle-de-base' });
  const path = `/v1/requests/${body.id}`;
  const without = body.scopes.filter((id) => id !== 'associations_djepva');
  const removed = await applicant.client.patch(path, { scopes: without }, { etag });
  assert.equal(removed.expect(422).codes['/scopes'], 'not_allowed');
  const added = await applicant.client.patch(
    path,
    { scopes: ['effectifs_urssaf', ...body.scopes] },
    { etag },
  );
  assert.equal(added.expect(422).codes['/scopes/0'], 'not_allowed');
  const closed = body.scopes.filter((id) => !id.startsWith('open_data_'));
  const kept = (await applicant.client.patch(path, { scopes: closed }, { etag })).expect(200);
  assert.deepEqual(kept.body.scopes.toSorted(), body.scopes.toSorted());
});

test('keeps_texts_as_typed_and_shows_the_form_version', async () => {
  const title = '  <b>été</b> & "suite" \u200b\u202e ';
  const { body } = await createRequest(applicant.client);
  const saved = await saveRequest(applicant.client, body.id, { title });
  assert.equal(saved.body.title, title);
  assert.equal(saved.body.form_version, products[0].form_version);
});

test('a_save_requires_the_etag_it_was_based_on', async () => {
  const { body, etag } = await createRequest(applicant.client);
  const path = `/v1/requests/${body.id}`;
  (await applicant.client.patch(path, { title: 'a' })).expect(428);
  (await applicant.client.patch(path, { title: 'a' }, { etag })).expect(200);
  (await applicant.client.patch(path, { title: 'b' }, { etag })).expect(412);
  const type = { 'content-type': 'application/merge-patch+json' };
  const merged = await applicant.client.patch(path, '{"title":null}', {
    etag: '"2"',
    headers: type,
  });
  assert.equal(merged.expect(200).body.title, null);
});

test('of_two_concurrent_saves_of_one_version_one_succeeds', async () => {
  const { body, etag } = await createRequest(applicant.client);
  const tries = Array.from({ length: 8 }, (_, i) =>
    patiently(() =>
      applicant.client.patch(`/v1/requests/${body.id}`, { title: `t${i}` }, { etag }),
    ),
  );
  const statuses = (await Promise.all(tries)).map(({ status }) => status);
  assert.deepEqual(statuses.toSorted(), [200, ...Array(7).fill(412)]);
});

test('a_request_of_others_answers_404', async () => {
  const { id } = await draft();
  for (const client of [stranger.client, instructor.client]) {
    (await client.get(`/v1/requests/${id}`)).expect(404);
    (await client.patch(`/v1/requests/${id}`, { title: 'x' }, { etag: '"1"' })).expect(404);
    (await client.delete(`/v1/requests/${id}`)).expect(404);
    (await act(client, id, 'submission')).expect(404);
    (await act(client, id, 'copy')).expect(404);
    (await decide(client, id, 'approve')).expect(404);
    for (const what of ['events', 'messages', 'notes', 'decisions', 'checks', 'attachments']) {
      (await client.get(`/v1/requests/${id}/${what}`)).expect(404);
    }
  }
  (await server.client().get(`/v1/requests/${id}`)).expect(401);
});

test('colleagues_read_contacts_see_a_summary_externals_see_only_their_own', async () => {
  const colleague = await logInAs(server, { domain });
  const external = await logInAs(server, { domain: 'prestataire.example' });
  await server.database.sql(
    `update membership set state = 'external' where account_id = '${external.session.account.id}'`,
  );
  const { id } = await submit({
    patch: { contacts: { technical: { email: stranger.email } } },
  });
  assert.equal((await colleague.client.get(`/v1/requests/${id}`)).expect(200).body.view, 'full');
  (await colleague.client.patch(`/v1/requests/${id}`, { title: 'x' }, { etag: '"1"' })).expect(403);
  const summary = (await stranger.client.get(`/v1/requests/${id}`)).expect(200).body;
  assert.equal(summary.view, 'summary');
  assert.equal(summary.contacts, undefined);
  const { description, legal_basis: basis, recipients, retention_months: months } = answers();
  assert.deepEqual(
    [summary.description, summary.legal_basis, summary.recipients, summary.retention_months],
    [description, basis, recipients, months],
    'what the register of processing asks for',
  );
  assert.ok(summary.scopes.includes('chiffre_affaires_dgfip'));
  (await stranger.client.get(`/v1/requests/${id}/messages`)).expect(403);
  (await external.client.get(`/v1/requests/${id}`)).expect(404);
  const own = await createRequest(external.client);
  (await external.client.get(`/v1/requests/${own.body.id}`)).expect(200);
  const listed = (await external.client.get('/v1/requests')).expect(200).body.items;
  assert.deepEqual(
    listed.map(({ id: one }) => one),
    [own.body.id],
  );
});

test('deletes_only_a_draft_that_was_never_submitted', async () => {
  const { id } = await draft();
  (await applicant.client.delete(`/v1/requests/${id}`)).expect(204);
  (await applicant.client.get(`/v1/requests/${id}`)).expect(404);
  const sent = await submit();
  (await applicant.client.delete(`/v1/requests/${sent.id}`)).expect(409);
});

test('copies_the_answers_without_the_ticks', async () => {
  const sent = await submit();
  const copy = (await act(applicant.client, sent.id, 'copy')).expect(201).body;
  assert.equal(copy.state, 'draft');
  assert.equal(copy.title, sent.title);
  assert.deepEqual(copy.contacts, sent.contacts);
  assert.equal(copy.terms_accepted, false);
  assert.equal(copy.terms_version, null);
});

test('transfers_a_request_to_another_member_and_mails_both', async () => {
  const colleague = await logInAs(server, { domain, givenName: 'Dominique' });
  const { id } = await draft();
  const transfer = (email) => applicant.client.post(`/v1/requests/${id}/transfer`, { email });
  assert.equal(
    (await transfer('nobody@nulle-part.example')).expect(422).codes['/email'],
    'not_found',
  );
  assert.equal((await transfer(stranger.email)).expect(422).codes['/email'], 'not_found');
  const done = (await transfer(colleague.email)).expect(200).body;
  assert.equal(done.applicant.email, colleague.email);
  await server.mailbox.take({ to: colleague.email, subject: /responsable/ });
  await server.mailbox.take({ to: applicant.email, subject: /confiée/ });
  (await applicant.client.patch(`/v1/requests/${id}`, { title: 'x' }, { etag: '"99"' })).expect(
    403,
  );
});

test('archived_requests_are_hidden_from_lists', async () => {
  const { id } = await draft();
  assert.equal((await act(applicant.client, id, 'archival')).expect(200).body.state, 'archived');
  const ids = async (query) =>
    (await applicant.client.get(`/v1/requests?limit=100${query}`)).body.items.map((one) => one.id);
  assert.ok(!(await ids('')).includes(id));
  assert.ok((await ids('&state=archived')).includes(id));
  (await act(applicant.client, id, 'archival')).expect(409);
});

test('warns_of_a_request_for_the_same_thing', async () => {
  const options = { scopes: ['cotisations_msa'] };
  const first = await submit(options);
  const second = await draft(options);
  const { body } = await applicant.client.get(`/v1/requests/${second.id}/checks`);
  const check = body.checks.find(({ id }) => id === 'duplicate_request');
  assert.equal(check.outcome, 'warning');
  assert.deepEqual(
    check.requests.map(({ number }) => number),
    [first.number],
  );
  assert.equal(check.requests_count, 1);
  assert.equal(body.complete, true, 'it warns and does not block');
  assert.equal(body.checks.length, 9);
});

test('names_the_newest_ten_of_many_requests_for_the_same_thing_and_counts_them', async () => {
  const options = { scopes: ['cotisations_msa', 'unites_legales_etablissements_insee'] };
  const numbers = [];
  for (let n = 0; n < 12; n++) numbers.push((await submit(options)).number);
  const { id } = await draft(options);
  const { body } = await applicant.client.get(`/v1/requests/${id}/checks`);
  const check = body.checks.find((one) => one.id === 'duplicate_request');
  assert.deepEqual(
    check.requests.map(({ number }) => number),
    numbers.toReversed().slice(0, 10),
  );
  assert.equal(check.requests_count, 12);
  assert.ok(body.checks.every((one) => one === check || one.requests_count === 0));
});

test('an_equal_request_of_another_organisation_is_no_duplicate', async () => {
  const scopes = ['cotisations_msa', 'chiffre_affaires_dgfip'];
  const elsewhere = { scopes, siret: SIRETS.LYON, domain: 'lyon.example' };
  const other = await submitRequest(stranger.client, elsewhere);
  const own = await submit({ scopes });
  // An instructor sees both: row-level security hides neither.
  (await instructor.client.get(`/v1/requests/${other.id}`)).expect(200);
  const { body } = (await instructor.client.get(`/v1/requests/${own.id}/checks`)).expect(200);
  const check = body.checks.find(({ id }) => id === 'duplicate_request');
  assert.equal(check.outcome, 'ok');
});

test('checks_report_anomalies', async () => {
  const { body } = await createRequest(applicant.client, { useCase: 'marches-publics' });
  const checks = async () => {
    const report = (await applicant.client.get(`/v1/requests/${body.id}/checks`)).expect(200).body;
    return Object.fromEntries(report.checks.map((one) => [one.id, one]));
  };
  const usual = await checks();
  assert.equal(usual.unusual_scopes.outcome, 'ok');
  assert.equal(usual.legal_basis_sources.outcome, 'ok', 'the use case gives its link');
  assert.equal(usual.retention.outcome, 'ok');
  await saveRequest(applicant.client, body.id, {
    scopes: [...body.scopes, 'bilans_bdf'],
    legal_basis: { url: '' },
    retention_months: 37,
    contacts: {
      data_controller: { email: `direction@${domain}` },
      data_protection_officer: { email: 'dpo@agglomeration.example' },
      business: { email: 'metier@gmail.com' },
    },
  });
  const found = await checks();
  assert.match(found.unusual_scopes.message, /« 3 derniers bilans annuels - Banque de France »/);
  const outcomes = Object.values(found).map(({ id, outcome }) => [id, outcome]);
  assert.deepEqual(Object.fromEntries(outcomes), {
    establishment_open: 'ok',
    eligibility: 'ok',
    controller_domain: 'ok',
    dpo_domain: 'warning',
    free_mail_contacts: 'warning',
    duplicate_request: 'ok',
    unusual_scopes: 'warning',
    retention: 'warning',
    legal_basis_sources: 'warning',
  });
  assert.deepEqual(found.free_mail_contacts.pointers, ['/contacts/business/email']);
});

test('history_shows_values_before_and_after', async () => {
  const { body } = await createRequest(applicant.client);
  await saveRequest(applicant.client, body.id, { title: 'Un' });
  await saveRequest(applicant.client, body.id, { title: 'Deux', recipients: 'Nous' });
  const { items } = (await applicant.client.get(`/v1/requests/${body.id}/events`)).body;
  assert.deepEqual(
    items.map(({ event }) => event),
    ['edit', 'create'],
  );
  assert.deepEqual(items[0].changes, [
    { pointer: '/title', former: null, new: 'Deux' },
    { pointer: '/recipients', former: null, new: 'Nous' },
  ]);
  assert.equal(items[0].actor.email, applicant.email);
});

test('a_replayed_creation_is_one_request', async () => {
  const body = { product: 'api-entreprise', use_case: 'demande-libre', siret: SIRETS.CLAMART };
  const options = { idempotencyKey: 'creation-1' };
  const first = (await applicant.client.post('/v1/requests', body, options)).expect(201);
  const again = (await applicant.client.post('/v1/requests', body, options)).expect(201);
  assert.equal(again.body.id, first.body.id);
  const other = { ...body, use_case: 'marches-publics' };
  (await applicant.client.post('/v1/requests', other, options)).expect(422);
});
