// Figures and identifiers as people read them.
import './texts.mjs';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as format from '../../frontend/lib/format.js';
import { formatter } from '../../frontend/lib/formatters.js';
import { parseWhole } from '../../frontend/components/field/field.js';
import { passwordRules } from '../../frontend/components/password/password.js';
import { deviceName } from '../../frontend/pages/account/settings/sessions.js';
import { speak } from './texts.mjs';

beforeEach(() => speak('fr'));

const plain = (text) => text.replace(/[\u00a0\u202f]/g, ' ');

test('groups_digits_with_non_breaking_spaces', () => {
  assert.equal(format.formatNumber(1234567), '1\u202f234\u202f567');
  assert.equal(format.formatNumber(0), '0');
  assert.equal(format.formatNumber(null), '–');
  assert.equal(format.formatNumber(undefined), '–');
  speak('en');
  assert.equal(format.formatNumber(1234567), '1,234,567');
});

test('formats_milliseconds_as_integers_and_below_one_as_such', () => {
  assert.equal(plain(format.formatMs(0.4)), '< 1 ms');
  assert.equal(plain(format.formatMs(1)), '1 ms');
  assert.equal(plain(format.formatMs(1234.5)), '1 235 ms');
  assert.equal(format.formatMs(null), '–');
});

test('formats_percentages_with_one_decimal_at_most', () => {
  assert.deepEqual(
    [0, 0.5, 0.12345, 0.9999, 1].map((share) => plain(format.formatPercent(share))),
    ['0 %', '50 %', '12,3 %', '100 %', '100 %'],
  );
});

test('formats_sizes_in_the_fitting_unit', () => {
  assert.deepEqual(
    [0, 999, 1000, 999_999, 1_000_000, 10_485_760].map((bytes) => plain(format.formatBytes(bytes))),
    ['0 o', '999 o', '1 ko', '1 000 ko', '1 Mo', '10,5 Mo'],
  );
});

test('groups_a_siret_and_leaves_other_strings', () => {
  assert.equal(format.formatSiret('13002526500013'), '130\u00a0025\u00a0265\u00a000013');
  assert.equal(format.formatSiret('130025265'), '130025265');
  assert.equal(format.formatSiret(null), '');
});

test('names_a_person_by_the_available_fields', () => {
  const email = 'camille@ville.example';
  assert.equal(
    format.personName({ given_name: 'Camille', family_name: 'Martin', email }),
    'Camille Martin',
  );
  assert.equal(format.personName({ given_name: '', family_name: 'Martin', email }), 'Martin');
  assert.equal(format.personName({ given_name: '', family_name: '', email }), email);
  assert.equal(format.personName(null), 'Personne inconnue');
});

test('a_formatter_is_created_once_for_its_kind_language_and_options', () => {
  const one = formatter('number', 'fr-FR', { maximumFractionDigits: 1 });
  assert.equal(formatter('number', 'fr-FR', { maximumFractionDigits: 1 }), one);
  assert.notEqual(formatter('number', 'fr-FR'), one);
  assert.notEqual(formatter('number', 'en-GB', { maximumFractionDigits: 1 }), one);
  assert.equal(one.format(1.25), '1,3');
  assert.equal(formatter('plural', 'fr-FR').select(1.5), 'one');
  assert.equal(formatter('plural', 'en-GB').select(1.5), 'other');
});

test('reads_whole_numbers_with_spaces_and_leaves_the_rest_to_the_server', () => {
  assert.equal(parseWhole('12 000'), 12000);
  assert.equal(parseWhole('12\u202f000'), 12000);
  assert.equal(parseWhole(' '), null);
  assert.equal(parseWhole('-1'), -1);
  assert.equal(parseWhole('1,5'), '1,5');
  assert.equal(parseWhole('abc'), 'abc');
  assert.equal(parseWhole('1234567890123456'), '1234567890123456');
});

test('says_which_rule_a_password_breaks', () => {
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

test('names_a_device', () => {
  const agent =
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0';
  assert.equal(deviceName(agent), 'Edge, Windows');
  assert.equal(deviceName('Mozilla/5.0 (iPhone) AppleWebKit/605 Safari/604'), 'Safari, iOS');
  assert.equal(deviceName('curl/8'), 'curl/8');
});
