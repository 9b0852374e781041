/** Formats dates: relative while recent, exact in the title and for screen readers. */
import { formatter } from './formatters.js';
import { h } from './h.js';
import { locale, t } from './i18n.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

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
  return t('dates.exact', { day: formatDay(at), time: formatTime(at) });
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
 * "il y a 5 minutes", "hier", then the day.
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
  if (size < 7 * DAY_MS) return relative.format(Math.trunc(gap / DAY_MS), 'day');
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
