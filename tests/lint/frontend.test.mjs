// The house of the frontend: its folders and imports, the two languages, the list of paths.
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
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
/** The type any where a type may stand, not the word. */
const ANY = /[{(<|&:,?]\s*any\s*[}>)|&,;\]=]|\bany\[\]|\bas any\b/;
const PAGE_LINES_MAX = 200;
const PAGE_MODULES = files(/^frontend\/pages\/.*\.js$/);
const texts = Object.fromEntries(
  LANGUAGES.map((l) => [l, JSON.parse(read(`frontend/locales/${l}.json`))]),
);
const { routes } = JSON.parse(read('frontend/routes.json'));

test('both_languages_have_the_same_keys', () => {
  assert.deepEqual(keysOf(texts.en), keysOf(texts.fr));
});

test('both_languages_have_the_same_placeholders', () => {
  const values = (text) => [...text.matchAll(/\{\w+\}|<\w+>/g)].map(([v]) => v).sort();
  const different = leaves(texts.fr).filter(
    ([key, text]) => String(values(text)) !== String(values(leafOf(texts.en, key))),
  );
  assert.deepEqual(different, []);
});

test('every_text_in_use_exists', () => {
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

test('every_kind_of_look_has_a_name', () => {
  const { AccessAction } = contract.components.schemas;
  const named = Object.entries(texts.fr.access_log.kinds).flatMap(([subject, verbs]) =>
    Object.keys(verbs).map((verb) => `${subject}.${verb}`),
  );
  assert.deepEqual(named.sort(), [...AccessAction.enum].sort());
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
  for (const type of ['{any}', '{any | null}', '{any[]}', 'Map<string, any>', '(x: any) => void'])
    assert.match(type, ANY);
  const typed = files(/^frontend\/.*\.(js|d\.ts)$/).map((path) => [path, read(path)]);
  const comments = (text) => text.match(/\/\*\*[^]*?\*\//g) ?? [];
  none(
    typed.flatMap(([path, text]) =>
      (path.endsWith('.ts') ? [text] : comments(text))
        .filter((part) => ANY.test(part))
        .map((part) => `${path}: ${part.slice(0, 80)}`),
    ),
  );
});

test('pages_stand_in_the_folders_of_their_subjects', () => {
  const subjects = new Set(PAGE_MODULES.map((path) => path.split('/')[2]));
  assert.deepEqual([...subjects].sort(), SUBJECTS);
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
