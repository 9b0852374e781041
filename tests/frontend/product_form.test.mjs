// frontend/lib/product-form.js: what of a form is shown, required and missing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as form from '../../frontend/lib/product-form.js';

const text = (name, more = {}) => ({
  name,
  type: 'text',
  label: name.toUpperCase(),
  required: true,
  ...more,
});
const PRODUCT = {
  scopes: [
    { id: 'plain', label: 'Simple', sensitive: false },
    { id: 'secret', label: 'Sensible', sensitive: true },
  ],
  use_cases: [{ id: 'one' }, { id: 'two' }],
  form: {
    contact_fields: [
      text('kind'),
      text('email'),
      text('given_name', { required: false, required_when: { field: 'kind', equals: 'person' } }),
    ],
    blocks: [
      {
        id: 'basis',
        fields: [
          text('legal_basis.text', { missing_message: 'Citez le texte' }),
          text('title', { required: false }),
          { ...text('terms'), type: 'boolean', must_be_true: true },
          text('reason', { required: false, required_when: { field: 'months', greater_than: 36 } }),
        ],
        attachments: [
          { kind: 'statutes', label: 'Statuts', required: true },
          { kind: 'other', label: 'Autre', required: false },
        ],
      },
      {
        id: 'sensitive',
        shown_when: { any_scope: 'sensitive' },
        fields: [{ ...text('justifications'), type: 'scope_justifications' }],
        attachments: [],
      },
      {
        id: 'people',
        fields: [{ ...text('contacts.technical'), type: 'contact' }],
        attachments: [],
      },
    ],
  },
};
const [BASIS, , PEOPLE] = PRODUCT.form.blocks;
const SENSITIVE = PRODUCT.form.blocks[1];
const pointers = (found) => found.map(({ pointer }) => pointer);

test('reads_and_sets_members_by_their_dotted_names', () => {
  const document = { a: { b: 1 } };
  form.setIn(document, 'a.c.d', 2);
  assert.deepEqual(document, { a: { b: 1, c: { d: 2 } } });
  assert.equal(form.getIn(document, 'a.c.d'), 2);
  assert.equal(form.getIn(document, 'x.y'), undefined);
  assert.equal(form.pointerOf('a.c.d'), '/a/c/d');
});

test('setting_a_member_does_not_mutate_the_former_object', () => {
  const inner = { b: 1 };
  const document = { a: inner };
  form.setIn(document, 'a.b', 2);
  assert.deepEqual([inner, document], [{ b: 1 }, { a: { b: 2 } }]);
});

test('shows_a_block_where_its_rule_holds', () => {
  const ids = (request) => form.blocksOf(PRODUCT, request).map(({ id }) => id);
  assert.deepEqual(ids({ scopes: ['plain'] }), ['basis', 'people']);
  assert.deepEqual(ids({ scopes: ['plain', 'secret'] }), ['basis', 'sensitive', 'people']);
  assert.deepEqual(ids({}), ['basis', 'people']);
});

test('names_the_missing_fields_of_a_block', () => {
  assert.deepEqual(form.missingOf(BASIS, PRODUCT, { months: 36 }), [
    { pointer: '/legal_basis/text', message: 'Citez le texte' },
    { pointer: '/terms', message: 'TERMS' },
    { pointer: '/attachments/statutes', message: 'Statuts' },
  ]);
  const full = { legal_basis: { text: 'x' }, terms: true, attachments: [{ kind: 'statutes' }] };
  assert.deepEqual(form.missingOf(BASIS, PRODUCT, { ...full, months: 36 }), []);
  assert.deepEqual(pointers(form.missingOf(BASIS, PRODUCT, { ...full, months: 37 })), ['/reason']);
  assert.deepEqual(pointers(form.missingOf(BASIS, PRODUCT, { ...full, terms: false })), ['/terms']);
});

test('requires_a_justification_for_sensitive_scopes_only', () => {
  const request = { scopes: ['plain', 'secret'], justifications: {} };
  assert.deepEqual(form.missingOf(SENSITIVE, PRODUCT, request), [
    { pointer: '/justifications/secret', message: 'Sensible : JUSTIFICATIONS' },
  ]);
  request.justifications.secret = 'Parce que';
  assert.deepEqual(form.missingOf(SENSITIVE, PRODUCT, request), []);
});

test('requires_the_fields_of_each_kind_of_contact', () => {
  const missing = (technical) =>
    pointers(form.missingOf(PEOPLE, PRODUCT, { contacts: { technical } }));
  const at = (name) => `/contacts/technical/${name}`;
  assert.deepEqual(missing({ kind: 'person' }), [at('email'), at('given_name')]);
  assert.deepEqual(missing({ kind: 'team' }), [at('email')]);
  assert.deepEqual(missing({ kind: 'team', email: 'a@b.fr' }), []);
  // Its kind is shown as answered before anything is typed.
  assert.deepEqual(missing(undefined), [at('email')]);
  assert.deepEqual(missing({ email: 'a@b.fr' }), [at('kind')]);
});

test('finds_the_field_of_a_pointer_and_its_name', () => {
  assert.equal(form.findField(PRODUCT, '/legal_basis/text').field.name, 'legal_basis.text');
  assert.equal(form.findField(PRODUCT, '/legal_basis/texts'), null);
  assert.equal(form.findField(PRODUCT, '/attachments/other').block, BASIS);
  assert.equal(form.labelOf(PRODUCT, '/contacts/technical/email'), 'CONTACTS.TECHNICAL : EMAIL');
  assert.equal(form.labelOf(PRODUCT, '/attachments/statutes'), 'Statuts');
  assert.equal(form.labelOf(PRODUCT, '/nowhere'), '/nowhere');
});

test('shows_server_errors_of_files_at_their_field', () => {
  const request = { attachments: [{ kind: 'other', file_name: 'a.pdf' }] };
  const said = (pointer) => form.placeFiles([{ pointer, message: 'Non' }], PRODUCT, request)[0];
  assert.deepEqual(said('/attachments/0'), {
    pointer: '/attachments/other',
    message: 'a.pdf : Non',
  });
  assert.deepEqual(said('/attachments'), { pointer: '/attachments/statutes', message: 'Non' });
  assert.deepEqual(said('/attachments/7'), { pointer: '/attachments/7', message: 'Non' });
});

test('only_absent_values_are_empty', () => {
  for (const value of [null, undefined, '', []]) assert.equal(form.isEmpty(value), true);
  for (const value of [0, false, ' ', ['']]) assert.equal(form.isEmpty(value), false);
});

const file = new URL('../../api/products/api-entreprise/product.json', import.meta.url);
/** A product as it is served. */
const API = JSON.parse(readFileSync(file, 'utf8'));
const blockOf = (id) => API.form.blocks.find((b) => b.id === id);
const emptyRequest = () => ({
  organisation: { eligibility_ground: 'administration' },
  scopes: [],
  contacts: {},
  attachments: [],
});

test('lists_what_a_request_still_lacks', () => {
  const request = emptyRequest();
  const missing = (id) => form.missingOf(blockOf(id), API, request).map((m) => m.pointer);
  assert.deepEqual(missing('basic_infos'), ['/title', '/description']);
  assert.ok(missing('contacts').includes('/contacts/technical/email'));
  assert.ok(!missing('contacts').includes('/contacts/technical/given_name'));
  assert.ok(!missing('contacts').includes('/contacts/technical/kind'), 'the form has answered it');
  request.contacts.technical = { kind: 'person', email: 'a@b.example', phone: '0199001234' };
  assert.ok(missing('contacts').includes('/contacts/technical/given_name'));
  request.retention_months = 37;
  assert.deepEqual(missing('personal_data'), ['/recipients', '/retention_justification']);
  request.retention_months = 36;
  assert.deepEqual(missing('personal_data'), ['/recipients']);
  request.scopes = ['bilans_bdf'];
  assert.deepEqual(missing('scopes'), ['/scope_justifications/bilans_bdf']);
});

test('shows_the_mission_to_organisations_outside_the_administration', () => {
  const shown = (ground) =>
    form
      .blocksOf(API, { ...emptyRequest(), organisation: { eligibility_ground: ground } })
      .some((b) => b.id === 'public_service_mission');
  assert.equal(shown('administration'), false);
  assert.equal(shown('social_security'), false);
  assert.equal(shown('public_service_mission'), true);
});

test('a_field_is_shown_when_its_condition_holds', () => {
  const field = blockOf('personal_data').fields.find((f) => f.name === 'retention_justification');
  const request = { ...emptyRequest(), retention_months: 36 };
  assert.equal(form.isShown(field, API, request), false);
  assert.equal(form.isRequired(field, API, request), false);
  request.retention_months = 37;
  assert.equal(form.isShown(field, API, request), true);
  assert.equal(form.isRequired(field, API, request), true);
});

test('does_not_ask_for_the_kind_of_a_contact_where_more_of_it_is_missing', () => {
  const of = (...pointers) =>
    form.withoutAnswered(pointers.map((pointer) => ({ pointer }))).map(({ pointer }) => pointer);
  assert.deepEqual(of('/contacts/technical/kind', '/contacts/technical/email'), [
    '/contacts/technical/email',
  ]);
  assert.deepEqual(of('/contacts/technical/kind', '/contacts/business/email'), [
    '/contacts/technical/kind',
    '/contacts/business/email',
  ]);
});
