// The parts of the screens that need no browser: rules of lib/, the two languages, the list of paths.
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { deviceName } from '../../frontend/pages/account/settings/sessions.js';
import { parseWhole } from '../../frontend/components/field/field.js';
import { passwordRules } from '../../frontend/components/password/password.js';
import { formatDay, formatVersion } from '../../frontend/lib/dates.js';
import { formatSiret } from '../../frontend/lib/format.js';
import { t, useTexts } from '../../frontend/lib/i18n.js';
import * as form from '../../frontend/lib/product-form.js';
import { matchRoute } from '../../frontend/lib/router.js';
import { checkSiret, cleanSiret } from '../../frontend/lib/siret.js';
import { contract } from '../support/openapi.mjs';
import { files, none, read } from './house.mjs';

const LANGUAGES = ['fr', 'en'];
const SUBJECTS = [
  'account',
  'habilitation',
  'organisation',
  'product',
  'program',
  'public',
  'request',
  'staff',
  'support',
  'token',
  'usage',
];
/** Loads pages by the names that routes.json gives them. */
const ROUTER = 'frontend/lib/router.js';
const PAGE_LINES_MAX = 200;
const PAGE_MODULES = files(/^frontend\/pages\/.*\.js$/);
const texts = Object.fromEntries(
  LANGUAGES.map((l) => [l, JSON.parse(read(`frontend/locales/${l}.json`))]),
);
const { routes } = JSON.parse(read('frontend/routes.json'));
const product = JSON.parse(read('api/products/api-entreprise/product.json'));

test('both_languages_say_the_same_things', () => {
  assert.deepEqual(keysOf(texts.en), keysOf(texts.fr));
});

test('both_languages_fill_in_the_same_values', () => {
  const values = (text) => [...text.matchAll(/\{\w+\}|<\w+>/g)].map(([v]) => v).sort();
  const different = leaves(texts.fr).filter(
    ([key, text]) => String(values(text)) !== String(values(leafOf(texts.en, key))),
  );
  assert.deepEqual(different, []);
});

test('every_text_that_is_asked_for_exists', () => {
  const unknown = files(/^frontend\/.*\.js$/).flatMap((path) =>
    [...read(path).matchAll(/\b(?:t|list|rich|prose)\(\s*'([\w.]+)'/g)]
      .map(([, key]) => key)
      .filter((key) => leafOf(texts.fr, key) === undefined)
      .map((key) => `${path}: ${key}`),
  );
  assert.deepEqual(unknown, []);
});

test('every_act_of_the_audit_and_its_object_have_a_name', () => {
  const { AuditAction } = contract.components.schemas;
  const named = Object.entries(texts.fr.audit.acts).flatMap(([kind, acts]) =>
    Object.keys(acts).map((act) => `${kind}.${act}`),
  );
  assert.deepEqual(named.sort(), [...AuditAction.enum].sort());
  assert.deepEqual(Object.keys(texts.fr.audit.objects).sort(), Object.keys(texts.fr.audit.acts));
});

test('every_path_has_its_page_and_every_page_its_path', () => {
  const pages = PAGE_MODULES.filter((path) => /^export default /m.test(read(path)));
  const named = routes.flatMap((route) => [route.page, ...(route.tabs ?? [])]);
  assert.deepEqual(
    pages.sort(),
    [...named, 'public/not-found'].map((name) => `frontend/pages/${name}.js`).sort(),
  );
});

test('no_page_module_is_longer_than_200_lines', () => {
  none(
    PAGE_MODULES.map((path) => [path, read(path).trimEnd().split('\n').length])
      .filter(([, lines]) => lines > PAGE_LINES_MAX)
      .map(([path, lines]) => `${path}: ${lines} lines`),
  );
});

test('modules_import_downwards_only', () => {
  const layers = ['lib', 'components', 'pages', 'main.js'];
  const layerOf = (path) => layers.indexOf(path.split('/')[1]);
  none(
    imports()
      .filter(({ from, to }) => layerOf(to) < 0 || layerOf(to) > layerOf(from))
      .map(({ from, to }) => `${from} imports ${to}`),
  );
});

test('the_pages_of_a_subject_import_no_other_subject', () => {
  const subjectOf = (path) => /^frontend\/pages\/(\w+)\//.exec(path)?.[1];
  none(
    imports()
      .filter(({ from, to }) => subjectOf(to) && subjectOf(from) !== subjectOf(to))
      .map(({ from, to }) => `${from} imports ${to}`),
  );
});

test('no_type_of_the_frontend_is_any', () => {
  const typed = files(/^frontend\/.*\.(js|d\.ts)$/).map((path) => [path, read(path)]);
  const comments = (text) => text.match(/\/\*\*[^]*?\*\//g) ?? [];
  none(
    typed.flatMap(([path, text]) =>
      (path.endsWith('.ts') ? [text] : comments(text))
        .filter((part) => /[{(<|:,]\s*any\b(?! )|\bany\[\]|\bas any\b/.test(part))
        .map((part) => `${path}: ${part.slice(0, 80)}`),
    ),
  );
});

test('pages_stand_in_the_folders_of_their_subjects', () => {
  const subjects = new Set(PAGE_MODULES.map((path) => path.split('/')[2]));
  assert.deepEqual([...subjects].sort(), SUBJECTS);
});

test('finds_the_page_of_a_path', () => {
  const found = matchRoute(routes, '/demandes/6f2/');
  assert.equal(found.route.page, 'request/detail');
  assert.deepEqual(found.params, { id: '6f2' });
  assert.equal(matchRoute(routes, '/demandes/nouvelle').route.page, 'request/create');
  assert.equal(matchRoute(routes, '/demandes/a/b/c'), null);
  assert.equal(matchRoute(routes, '/demandes/%E0%A4%A'), null);
});

test('reads_a_siret_as_people_type_it', () => {
  assert.equal(cleanSiret('130 025\u00a0265 00013'), '13002526500013');
  assert.equal(checkSiret('13002526500013'), 'ok');
  assert.equal(checkSiret('35600000049837'), 'ok');
  assert.equal(checkSiret('35600000000048'), 'ok');
  assert.equal(checkSiret('12345356000000'), 'checksum');
  assert.equal(checkSiret('00000000000000'), 'zeros');
  assert.equal(checkSiret('1300252650001'), 'length');
  assert.equal(checkSiret('1300252650001A'), 'digits');
  assert.equal(formatSiret('13002526500013'), '130\u00a0025\u00a0265\u00a000013');
});

test('says_days_as_people_do', () => {
  assert.equal(formatDay('2026-11-24T12:00:00'), '24 novembre 2026');
  assert.equal(formatDay('2026-11-01T12:00:00'), '1er novembre 2026');
  assert.equal(formatVersion('2026-11-24'), '24 novembre 2026');
  assert.equal(formatVersion('v2'), 'v2');
});

test('reads_whole_numbers_with_spaces_and_leaves_the_rest_to_the_server', () => {
  assert.equal(parseWhole('12 000'), 12000);
  assert.equal(parseWhole(' '), null);
  assert.equal(parseWhole('-1'), -1);
  assert.equal(parseWhole('abc'), 'abc');
});

test('tells_which_rule_a_password_breaks', () => {
  const broken = (password, ...identity) =>
    passwordRules(password, identity)
      .filter((rule) => !rule.ok)
      .map((rule) => rule.id);
  assert.deepEqual(broken('elevenchars'), ['length']);
  assert.deepEqual(broken('é'.repeat(128)), []);
  assert.deepEqual(broken('é'.repeat(129)), ['length']);
  assert.deepEqual(broken('Camille-aime-lire', 'camille@ville.example'), ['identity']);
  assert.deepEqual(broken('une phrase avec eva', 'Eva'), []);
});

test('chooses_the_form_of_a_counted_text', () => {
  useTexts({ rows: { zero: 'rien', one: 'une ligne', other: '{count} lignes' } });
  assert.deepEqual(
    [0, 1, 2].map((count) => t('rows', { count })),
    ['rien', 'une ligne', '2 lignes'],
  );
  assert.equal(t('not.there'), 'not.there');
});

test('names_a_device', () => {
  const agent =
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0';
  assert.equal(deviceName(agent), 'Edge, Windows');
  assert.equal(deviceName('curl/8'), 'curl/8');
});

test('says_what_a_request_still_lacks', () => {
  const request = emptyRequest();
  const missing = (id) => form.missingOf(blockOf(id), product, request).map((m) => m.pointer);
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

test('shows_the_mission_to_those_who_are_no_administration', () => {
  const shown = (ground) =>
    form
      .blocksOf(product, { ...emptyRequest(), organisation: { eligibility_ground: ground } })
      .some((b) => b.id === 'public_service_mission');
  assert.equal(shown('administration'), false);
  assert.equal(shown('social_security'), false);
  assert.equal(shown('public_service_mission'), true);
});

test('leads_from_what_is_wrong_with_a_file_to_its_kind', () => {
  const request = {
    ...emptyRequest(),
    organisation: { eligibility_ground: 'public_service_mission' },
    attachments: [
      { kind: 'mockup', file_name: 'écran.png' },
      { kind: 'legal_basis', file_name: 'acte.pdf' },
    ],
  };
  const missing = [
    { pointer: '/attachments', message: 'Joignez l’acte.' },
    { pointer: '/attachments/1', message: 'Un virus.' },
    { pointer: '/title', message: 'Un titre.' },
  ];
  assert.deepEqual(form.placeFiles(missing, product, request), [
    { pointer: '/attachments/public_service_mission', message: 'Joignez l’acte.' },
    { pointer: '/attachments/legal_basis', message: 'acte.pdf : Un virus.' },
    missing[2],
  ]);
});

test('names_what_a_pointer_is_about', () => {
  assert.equal(form.labelOf(product, '/legal_basis/url'), 'Lien vers ce texte');
  assert.match(form.labelOf(product, '/contacts/technical/phone'), /^Contact technique : /);
  assert.equal(form.findField(product, '/attachments/mockup').block.id, 'basic_infos');
});

test('sets_a_member_without_touching_its_neighbours', () => {
  const before = { contacts: { technical: { email: 'a' }, business: { email: 'b' } } };
  const after = { ...before };
  form.setIn(after, 'contacts.technical.email', 'c');
  assert.equal(before.contacts.technical.email, 'a');
  assert.deepEqual(after.contacts, { technical: { email: 'c' }, business: { email: 'b' } });
});

/** Every import of a module by a module, written out or made when it is needed. */
function imports() {
  return files(/^frontend\/.*\.js$/).flatMap((from) =>
    [
      ...read(from)
        .replace(/\/\*[^]*?\*\//g, '')
        .matchAll(/(?:from |import\()['`](\.[^'`]+)['`]/g),
    ]
      .map(([, path]) => ({ from, to: posix.join(posix.dirname(from), path) }))
      .filter(
        ({ from: by, to }) => !(by === ROUTER && /^frontend\/pages\/\$\{name\}\.js$/.test(to)),
      ),
  );
}

function emptyRequest() {
  return {
    organisation: { eligibility_ground: 'administration' },
    scopes: [],
    contacts: {},
    attachments: [],
  };
}

function blockOf(id) {
  return product.form.blocks.find((b) => b.id === id);
}

function leafOf(tree, key) {
  return key.split('.').reduce((node, part) => node?.[part], tree);
}

function leaves(node, path = []) {
  if (typeof node === 'string') return [[path.join('.'), node]];
  return Object.entries(node).flatMap(([key, value]) => leaves(value, [...path, key]));
}

function keysOf(tree) {
  return leaves(tree).map(([key]) => key);
}
