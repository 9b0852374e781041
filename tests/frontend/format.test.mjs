// frontend/lib/format.js and dates.js: figures and moments as people read them, in both languages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import * as dates from '../../frontend/lib/dates.js';
import {
  formatBytes,
  formatMs,
  formatNumber,
  formatPercent,
  formatSiret,
  personName,
} from '../../frontend/lib/format.js';
import { t, useTexts } from '../../frontend/lib/i18n.js';

const texts = (language) =>
  JSON.parse(
    readFileSync(new URL(`../../frontend/locales/${language}.json`, import.meta.url), 'utf8'),
  );
const NOW = Date.parse('2026-11-24T10:00:00Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Any blank as a plain one: which one Intl chooses is not ours. */
const plain = (text) => text.replace(/[\u00a0\u202f]/g, ' ');

let zone;
beforeEach(() => {
  zone = process.env.TZ;
  process.env.TZ = 'Europe/Paris';
  useTexts(texts('fr'));
});
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

test('writes_figures', () => {
  assert.equal(plain(formatNumber(1234567)), '1 234 567');
  assert.equal(formatNumber(0), '0');
  assert.equal(formatNumber(null), '–');
  assert.equal(formatNumber(undefined), '–');
  assert.equal(plain(formatPercent(0.1234)), '12,3 %');
  assert.equal(plain(formatPercent(1)), '100 %');
  useTexts(texts('en'), 'en');
  assert.equal(formatNumber(1234567), '1,234,567');
});

test('writes_milliseconds_whole_and_says_where_there_is_less_than_one', () => {
  assert.equal(plain(formatMs(0.99)), '< 1 ms');
  assert.equal(plain(formatMs(1)), '1 ms');
  assert.equal(plain(formatMs(1499.5)), '1 500 ms');
  assert.equal(formatMs(null), '–');
});

test('writes_bytes_in_the_unit_that_fits', () => {
  assert.equal(plain(formatBytes(999)), '999 o');
  assert.equal(plain(formatBytes(1000)), '1 ko');
  assert.equal(plain(formatBytes(999_400)), '999 ko');
  assert.equal(plain(formatBytes(1_000_000)), '1 Mo');
  assert.equal(plain(formatBytes(2_345_678)), '2,3 Mo');
});

test('groups_the_digits_of_a_siret', () => {
  assert.equal(plain(formatSiret('13002526500013')), '130 025 265 00013');
  assert.equal(formatSiret('1300252650001'), '1300252650001');
  assert.equal(formatSiret(null), '');
});

test('names_a_person_by_what_is_known', () => {
  assert.equal(
    personName({ given_name: 'Ana', family_name: 'Benali', email: 'a@b.fr' }),
    'Ana Benali',
  );
  assert.equal(personName({ family_name: 'Benali' }), 'Benali');
  assert.equal(personName({ email: 'a@b.fr' }), 'a@b.fr');
  assert.equal(personName(null), t('common.unknown_person'));
});

test('writes_days_and_hours', () => {
  assert.equal(dates.formatDay('2026-11-24T10:05:00Z'), '24 novembre 2026');
  assert.equal(dates.formatDay('2026-11-01T10:05:00Z'), '1er novembre 2026');
  assert.equal(dates.formatDay('2026-11-11T10:05:00Z'), '11 novembre 2026');
  assert.equal(dates.formatDayMonth('2026-11-24T10:05:00Z'), '24 nov.');
  assert.equal(plain(dates.formatTime('2026-11-24T10:05:00Z')), '11 h 05');
  assert.equal(plain(dates.formatExact('2026-11-24T23:30:00Z')), '25 novembre 2026 à 0 h 30');
  assert.equal(dates.typedTime('2026-07-24T10:05:59Z'), '2026-07-24T12:05');
  assert.equal(dates.formatVersion('2026-11-01'), '1er novembre 2026');
  assert.equal(dates.formatVersion('v2'), 'v2');
  useTexts(texts('en'), 'en');
  assert.equal(dates.formatDay('2026-11-01T10:05:00Z'), '1 November 2026');
});

test('says_how_long_ago_until_a_week_has_passed', () => {
  const ago = (ms) => plain(dates.formatRelative(NOW - ms, NOW));
  assert.equal(ago(59 * SECOND), 'à l’instant');
  assert.equal(ago(MINUTE), 'il y a 1 minute');
  assert.equal(ago(59 * MINUTE), 'il y a 59 minutes');
  assert.equal(ago(HOUR), 'il y a 1 heure');
  assert.equal(ago(23 * HOUR + 59 * MINUTE), 'il y a 23 heures');
  assert.equal(ago(DAY), 'hier');
  assert.equal(ago(6 * DAY + 23 * HOUR), 'il y a 6 jours');
  assert.equal(ago(7 * DAY), '17 novembre 2026');
  assert.equal(ago(-2 * HOUR), 'dans 2 heures');
});

test('fills_texts_in_the_form_that_fits_the_count', () => {
  useTexts({ files: { zero: 'aucun fichier', one: '{count} fichier', other: '{count} fichiers' } });
  const said = [0, 1, 2, 1500].map((count) => plain(t('files', { count })));
  assert.deepEqual(said, ['aucun fichier', '1 fichier', '2 fichiers', '1 500 fichiers']);
  assert.equal(t('no.such.key'), 'no.such.key');
  useTexts({ hello: 'Bonjour {name}, {other}' });
  assert.equal(t('hello', { name: 'Ana' }), 'Bonjour Ana, {other}');
});
