// Texts by key: forms of a count, values, links, and what is missing.
import './document.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { h } from '../../frontend/lib/h.js';
import * as i18n from '../../frontend/lib/i18n.js';
import { speak } from './texts.mjs';

const { t } = i18n;
const ROWS = { rows: { zero: 'rien', one: 'une ligne', other: '{count} lignes' } };

test('chooses_the_form_of_a_counted_text', () => {
  i18n.useTexts(ROWS);
  assert.deepEqual(
    [0, 1, 1.5, 2, 1234].map((count) => t('rows', { count })),
    ['rien', 'une ligne', 'une ligne', '2 lignes', '1\u202f234 lignes'],
  );
  i18n.useTexts({ rows: { one: 'one row', other: '{count} rows' } }, 'en');
  assert.deepEqual(
    [0, 1, 1.5, 2].map((count) => t('rows', { count })),
    ['0 rows', 'one row', '1.5 rows', '2 rows'],
  );
});

test('zero_without_its_own_form_uses_the_plural_rule', () => {
  i18n.useTexts({ rows: { one: 'une ligne', other: '{count} lignes' } });
  assert.equal(t('rows', { count: 0 }), 'une ligne');
});

test('returns_the_key_of_a_missing_text', () => {
  i18n.useTexts({ ...ROWS, deep: { text: 'x' } });
  assert.equal(t('not.there'), 'not.there');
  assert.equal(t('deep'), 'deep');
  assert.equal(t('deep.text.more'), 'deep.text.more');
  assert.equal(t('rows'), 'rows', 'a counted text without its count');
  assert.equal(i18n.has('deep.text'), true);
  assert.equal(i18n.has('deep.other'), false);
  assert.deepEqual(i18n.list('deep'), []);
  assert.deepEqual(i18n.keys('not.there'), []);
});

test('fills_in_values_and_leaves_missing_placeholders', () => {
  i18n.useTexts({ text: '{name} : {count}, {other}' });
  assert.equal(t('text', { name: 'A {count}', count: 12000 }), 'A {count} : 12\u202f000, {other}');
  assert.equal(t('text', { name: null, count: 0 }), '{name} : 0, {other}');
});

test('a_value_is_never_parsed_as_a_link', () => {
  i18n.useTexts({ text: 'Lire <terms>les conditions</terms> de {name}.' });
  const [before, link, after] = i18n.rich(
    'text',
    { terms: (text) => h('a', { href: '/cgu' }, text) },
    { name: '<b>A</b>' },
  );
  assert.equal(before, 'Lire ');
  assert.deepEqual([link.tag, link.attributes.href], ['a', '/cgu']);
  assert.equal(link.childNodes[0].textContent, 'les conditions');
  assert.equal(after, ' de <b>A</b>.');
});

test('names_the_language_for_intl', () => {
  speak('fr');
  assert.deepEqual([i18n.language(), i18n.locale()], ['fr', 'fr-FR']);
  speak('en');
  assert.deepEqual([i18n.language(), i18n.locale()], ['en', 'en-GB']);
});
