// Dates as people say them, in Paris and across the change of hour.
import './texts.mjs';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as dates from '../../frontend/lib/dates.js';
import { speak } from './texts.mjs';

const NOON = '2026-11-24T12:05:09+01:00';
const NOW_MS = Date.parse(NOON);

beforeEach(() => speak('fr'));

const plain = (text) => text.replace(/[\u00a0\u202f]/g, ' ');
/** Hours are never cut from their minutes. */
const said = {
  formatTime: (at) => plain(dates.formatTime(at)),
  formatExact: (at) => plain(dates.formatExact(at)),
};

test('formats_days_as_words', () => {
  assert.equal(dates.formatDay('2026-11-24T12:00:00'), '24 novembre 2026');
  assert.equal(dates.formatDay('2026-11-01T12:00:00'), '1er novembre 2026');
  assert.equal(dates.formatDay('2026-11-11T12:00:00'), '11 novembre 2026');
  assert.equal(dates.formatDayMonth(NOON), '24 nov.');
  speak('en');
  assert.equal(dates.formatDay('2026-11-01T12:00:00'), '1 November 2026');
});

test('a_version_that_is_a_date_is_formatted_as_a_date', () => {
  assert.equal(dates.formatVersion('2026-11-24'), '24 novembre 2026');
  assert.equal(dates.formatVersion('v2'), 'v2');
  assert.equal(dates.formatVersion('2026-11-24-bis'), '2026-11-24-bis');
});

test('formats_hours_with_two_digits_of_minutes', () => {
  assert.equal(said.formatTime(NOON), '12 h 05');
  assert.equal(said.formatTime('2026-11-24T08:59:59+01:00'), '8 h 59');
  assert.equal(said.formatExact(NOON), '24 novembre 2026 à 12 h 05');
  assert.equal(plain(dates.formatCompact(NOON)), '24/11/2026 12 h 05');
  assert.equal(plain(dates.formatMoment(NOON)), '24/11/2026 12:05:09');
});

test('a_timestamp_is_shown_in_the_zone_of_the_reader', () => {
  assert.equal(said.formatTime('2026-07-01T22:30:00Z'), '0 h 30');
  assert.equal(dates.formatDay('2026-07-01T22:30:00Z'), '2 juillet 2026');
  assert.equal(said.formatTime('2026-10-25T00:30:00Z'), '2 h 30', 'before the change of hour');
  assert.equal(said.formatTime('2026-10-25T01:30:00Z'), '2 h 30', 'and after it');
});

test('a_datetime_field_gets_the_local_minute', () => {
  assert.equal(dates.typedTime(NOON), '2026-11-24T12:05');
  assert.equal(dates.typedTime('2026-07-01T22:30:59Z'), '2026-07-02T00:30');
  assert.equal(dates.typedTime(Date.UTC(2026, 0, 1)), '2026-01-01T01:00');
});

test('formats_recent_times_as_durations', () => {
  const ago = (ms) => dates.formatRelative(NOW_MS - ms, NOW_MS);
  assert.deepEqual(
    [0, 59_999, 60_000, 3_599_999, 3_600_000, 86_399_999, 86_400_000, 6.4 * 86_400_000].map(ago),
    [
      'à l’instant',
      'à l’instant',
      'il y a 1 minute',
      'il y a 59 minutes',
      'il y a 1 heure',
      'il y a 23 heures',
      'hier',
      'il y a 6 jours',
    ],
  );
  assert.equal(ago(7 * 86_400_000), '17 novembre 2026');
});

test('formats_future_times_as_durations', () => {
  const soon = (ms) => dates.formatRelative(NOW_MS + ms, NOW_MS);
  assert.deepEqual([120_000, 86_400_000, 8 * 86_400_000].map(soon), [
    'dans 2 minutes',
    'demain',
    '2 décembre 2026',
  ]);
});

test('relative_days_are_those_of_the_calendar', () => {
  const at = (text, now) => dates.formatRelative(text, Date.parse(now));
  // 47 hours ago, at 10 in the morning: the day before yesterday.
  assert.equal(at('2026-11-23T11:00:00+01:00', '2026-11-25T10:00:00+01:00'), 'avant-hier');
  assert.equal(at('2026-11-24T00:10:00+01:00', '2026-11-25T23:50:00+01:00'), 'hier');
  assert.equal(at('2026-11-26T23:50:00+01:00', '2026-11-25T00:10:00+01:00'), 'demain');
  // 23:30 UTC is tomorrow in Paris.
  assert.equal(at('2026-07-02T23:30:00Z', '2026-07-01T10:00:00Z'), 'après-demain');
});

test('days_of_23_and_25_hours_are_days', () => {
  const at = (text, now) => dates.formatRelative(text, Date.parse(now));
  // 24 and a half hours before, on the day that has 25: still today.
  assert.equal(at('2026-10-25T00:10:00+02:00', '2026-10-25T23:50:00+01:00'), 'aujourd’hui');
  assert.equal(at('2026-10-24T23:50:00+02:00', '2026-10-25T23:55:00+01:00'), 'hier');
  // 24 hours later, over the day that has 23.
  assert.equal(at('2026-03-30T00:30:00+02:00', '2026-03-28T23:30:00+01:00'), 'après-demain');
  assert.equal(dates.startOfDay('2026-03-29'), '2026-03-28T23:00:00.000Z');
  assert.equal(dates.startOfDay('2026-03-29', 1), '2026-03-29T22:00:00.000Z');
  assert.equal(dates.startOfDay('2026-10-25', 1), '2026-10-25T23:00:00.000Z');
  assert.equal(dates.endOfDay('2026-10-25'), '2026-10-25T22:59:59.000Z');
  assert.equal(dates.endOfDay('2026-03-29'), '2026-03-29T21:59:59.000Z');
});

test('a_day_is_over_at_midnight_here', () => {
  const over = (at, now) => dates.isBeforeToday(at, Date.parse(now));
  assert.equal(over('2026-11-24T23:59:00+01:00', '2026-11-25T00:00:00+01:00'), true);
  assert.equal(over('2026-11-25T00:00:00+01:00', '2026-11-25T23:59:00+01:00'), false);
  assert.equal(over('2026-11-24T23:30:00Z', '2026-11-25T10:00:00+01:00'), false);
});

test('the_clock_of_paris_is_called_so_and_needs_no_word', () => {
  assert.equal(dates.zoneName(NOON), 'heure de Paris');
  assert.equal(said.formatExact('2026-07-01T23:30:00Z'), '2 juillet 2026 à 1 h 30');
});
