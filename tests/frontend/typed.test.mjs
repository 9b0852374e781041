// frontend/lib/typed.js: what is seen of a text that people typed or pasted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWhole } from '../../frontend/components/field/field.js';
import { passwordRules } from '../../frontend/components/password/password.js';
import { WORDS } from '../../frontend/lib/search.js';
import { plain, plainCode } from '../../frontend/lib/typed.js';

test('reads_what_is_seen', () => {
  const rows = {
    ' Camille  Durand\t': 'Camille Durand',
    '\u00a0a\u202fb\u2009c\u2002': 'a b c',
    'a\u200bb\u200dc\u00add\ufeff': 'abcd',
    '\u202aab\u202c\u200e\u2066\u2069': 'ab',
    'ａｂ＠ｃ．ｆｒ １２': 'ab@c.fr 12',
    '\u0661\u0660\u0669 \u06f7': '109 7',
    'e\u0301te\u0301': '\u00e9t\u00e9',
  };
  for (const [typed, seen] of Object.entries(rows)) assert.equal(plain(typed), seen);
});

test('reads_codes_numbers_and_words_alike', () => {
  assert.equal(plainCode('\u00a0１２３\u202f456'), '123456');
  assert.equal(parseWhole('12\u2009000\u200b'), 12000);
  assert.equal(parseWhole('１２'), 12);
  assert.equal(WORDS.words('\u00a0abc\u200b'), 'abc');
  assert.equal(WORDS.words('a\u00a0b\u200b'), null);
});

test('counts_a_decomposed_accent_once', () => {
  const decomposed = 'e\u0301crins-agraf'; // 12 as it is seen
  assert.equal(passwordRules(decomposed, [])[0].ok, true);
  assert.equal(passwordRules(decomposed.slice(0, -1), [])[0].ok, false);
  assert.equal(passwordRules('ma-voisine-he\u0301le\u0300ne', ['H\u00e9l\u00e8ne'])[1].ok, false);
});
