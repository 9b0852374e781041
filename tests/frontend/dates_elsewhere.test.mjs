// Dates where the clock is not that of Paris: shown by the clock of the reader, and called so.
import { speak } from './texts.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as dates from '../../frontend/lib/dates.js';

process.env.TZ = 'America/Cayenne';
const plain = (text) => text.replace(/[\u00a0\u202f]/g, ' ');

test('another_clock_than_that_of_paris_says_so', () => {
  speak('fr');
  assert.equal(dates.zoneName('2026-07-01T23:30:00Z'), 'UTC-3');
  assert.equal(
    plain(dates.formatExact('2026-07-01T23:30:00Z')),
    '1er juillet 2026 à 20 h 30 (UTC-3)',
  );
  speak('en');
  assert.match(plain(dates.formatExact('2026-07-01T23:30:00Z')), /1 July 2026 .* \(UTC-3\)/);
});

test('days_are_those_of_the_reader', () => {
  speak('fr');
  const now = Date.parse('2026-11-25T13:00:00Z');
  assert.equal(dates.formatRelative('2026-11-24T02:59:00Z', now), 'avant-hier');
  assert.equal(dates.formatRelative('2026-11-24T03:01:00Z', now), 'hier');
  assert.equal(dates.startOfDay('2026-10-25'), '2026-10-25T03:00:00.000Z');
  assert.equal(dates.endOfDay('2026-10-25'), '2026-10-26T02:59:59.000Z');
});
