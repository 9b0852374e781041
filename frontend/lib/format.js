/** Formats numbers, sizes, identifiers and names. */
import { formatter } from './formatters.js';
import { locale, t } from './i18n.js';

/** @param {number | null | undefined} value */
export function formatNumber(value) {
  return value === null || value === undefined ? '–' : formatter('number', locale()).format(value);
}

/** Whole milliseconds; a sample that is served in less says so. @param {number | null | undefined} ms */
export function formatMs(ms) {
  if (ms === null || ms === undefined) return '–';
  return ms < 1 ? '<\u00a01\u00a0ms' : `${formatNumber(Math.round(ms))}\u00a0ms`;
}

/** @param {number} share 0 to 1 */
export function formatPercent(share) {
  return formatter('number', locale(), { style: 'percent', maximumFractionDigits: 1 }).format(
    share,
  );
}

/** @param {number} bytes */
export function formatBytes(bytes) {
  const units = ['byte', 'kilobyte', 'megabyte'];
  const step = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : 2;
  const value = bytes / 1000 ** step;
  return formatter('number', locale(), {
    style: 'unit',
    unit: units[step],
    unitDisplay: 'short',
    maximumFractionDigits: step === 2 ? 1 : 0,
  }).format(value);
}

/**
 * 13002526500013 → "130 025 265 00013".
 * @param {string | null | undefined} siret
 */
export function formatSiret(siret) {
  const match = /^(\d{3})(\d{3})(\d{3})(\d{5})$/.exec(siret ?? '');
  return match ? match.slice(1).join('\u00a0') : (siret ?? '');
}

/**
 * "Camille Martin", or the e-mail where no name is known.
 * @param {{given_name?: string | null, family_name?: string | null, email?: string | null} | null | undefined} person
 */
export function personName(person) {
  const name = [person?.given_name, person?.family_name].filter(Boolean).join(' ');
  return name || person?.email || t('common.unknown_person');
}

/**
 * The numbers that a request had in the system that it was taken over from.
 * @param {NonNullable<Contract['Request']['former']>} former
 */
export function formatFormer({ system, number, habilitation_number: habilitation }) {
  return habilitation
    ? t('request.former_habilitation', { system, number, habilitation })
    : t('request.former_value', { system, number });
}
