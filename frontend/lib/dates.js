/**
 * Days and moments, in the zone of the browser: the only place that cuts time by day. Relative while recent, exact in the
 * title and for screen readers; where the clock is not that of Paris, which mails and papers go by, it says so.
 */
import { formatter } from './formatters.js';
import { h } from './h.js';
import { locale, t } from './i18n.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "heure de Paris", or "UTC+9" where the clock shows another time then. @param {string | number | Date} at */
export function zoneName(at) {
  const date = new Date(at);
  const offset = (/** @type {string | undefined} */ timeZone) =>
    formatter('date', 'en', { timeZone, timeZoneName: 'shortOffset' })
      .formatToParts(date)
      .find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const here = offset(undefined);
  return here === offset('Europe/Paris') ? t('dates.paris') : here.replace('GMT', 'UTC');
}

/** The first moment of a day "2026-03-29", `days` later: days of 23 and 25 hours are days. @param {string} day */
export function startOfDay(day, days = 0) {
  const start = new Date(`${day}T00:00:00`);
  start.setDate(start.getDate() + days);
  return start.toISOString();
}

/** The last second of a day. @param {string} day */
export function endOfDay(day) {
  return new Date(Date.parse(startOfDay(day, 1)) - SECOND_MS).toISOString();
}

/** Midnights between two moments: 1 is tomorrow, however few hours away. @param {string | number | Date} at */
function daysUntil(at, nowMs = Date.now()) {
  const midnight = (/** @type {Date} */ d) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
  return (midnight(new Date(at)) - midnight(new Date(nowMs))) / DAY_MS;
}

/** Its whole day is over. @param {string | number | Date} at */
export function isBeforeToday(at, nowMs = Date.now()) {
  return daysUntil(at, nowMs) < 0;
}

/** "24 novembre 2026", "1er novembre 2026". @param {string | number | Date} at */
export function formatDay(at) {
  const day = formatter('date', locale(), {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(new Date(at));
  return locale().startsWith('fr') ? day.replace(/^1(?= )/, '1er') : day;
}

/** A version that has the name of its day as that day; any other as it is. @param {string} version */
export function formatVersion(version) {
  return /^\d{4}-\d\d-\d\d$/.test(version) ? formatDay(version) : version;
}

/** "24 nov.": where the year is known. @param {string | number | Date} at */
export function formatDayMonth(at) {
  return formatter('date', locale(), { day: 'numeric', month: 'short' }).format(new Date(at));
}

/** @param {string | number | Date} at */
export function formatTime(at) {
  const date = new Date(at);
  const minutes = String(date.getMinutes()).padStart(2, '0');
  return t('dates.time', { hours: String(date.getHours()), minutes });
}

/** @param {string | number | Date} at */
export function formatExact(at) {
  const zone = zoneName(at);
  const exact = t('dates.exact', { day: formatDay(at), time: formatTime(at) });
  return zone === t('dates.paris') ? exact : t('dates.in_zone', { exact, zone });
}

/** Day in figures and time: for dense tables. @param {string | number | Date} at */
export function formatCompact(at) {
  const day = formatter('date', locale(), { dateStyle: 'short' }).format(new Date(at));
  return t('dates.compact', { day, time: formatTime(at) });
}

/** A moment as a field of day and hour has it, to the minute. @param {string | number | Date} at */
export function typedTime(at) {
  const date = new Date(at);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS);
  return local.toISOString().slice(0, 'YYYY-MM-DDTHH:mm'.length);
}

/** Day in figures and time to the second: for what is compared with a journal. @param {string | number | Date} at */
export function formatMoment(at) {
  return formatter('date', locale(), { dateStyle: 'short', timeStyle: 'medium' }).format(
    new Date(at),
  );
}

/**
 * "il y a 5 minutes", then days of the calendar ("hier"), then the day.
 * @param {string | number | Date} at
 * @param {number} [nowMs]
 */
export function formatRelative(at, nowMs = Date.now()) {
  const gap = new Date(at).getTime() - nowMs;
  const size = Math.abs(gap);
  const relative = formatter('relative', locale(), { numeric: 'auto' });
  if (size < MINUTE_MS) return t('dates.now');
  if (size < HOUR_MS) return relative.format(Math.trunc(gap / MINUTE_MS), 'minute');
  if (size < DAY_MS) return relative.format(Math.trunc(gap / HOUR_MS), 'hour');
  const days = daysUntil(at, nowMs);
  if (Math.abs(days) < 7) return relative.format(days, 'day');
  return formatDay(at);
}

/**
 * A `<time>` with a relative text and the exact date in its title.
 * @param {string | null | undefined} at
 */
export function timeElement(at) {
  if (!at) return document.createTextNode('–');
  return h('time', { datetime: at, title: formatExact(at) }, formatRelative(at));
}

/**
 * A `<time>` that shows the day.
 * @param {string | null | undefined} at
 */
export function dayElement(at) {
  if (!at) return document.createTextNode('–');
  return h('time', { datetime: at, title: formatExact(at) }, formatDay(at));
}
