/**
 * The state of a data provider.
 *
 *   providerBadge(provider)   → Node, or null where the provider works
 *   untilText(provider)       → " jusqu'à 14 h 30" where its end is known, else ""
 */
import { formatTime } from '../../lib/dates.js';
import { t } from '../../lib/i18n.js';
import { badge } from '../badge/badge.js';

/** @type {Record<string, [string, string]>} */
const PROVIDER_STATES = {
  ok: ['good', '✓'],
  maintenance: ['warning', '▲'],
  failing: ['bad', '✕'],
  unknown: ['quiet', '○'],
};

/** @param {Contract['Provider'] | undefined} provider */
export function providerBadge(provider) {
  if (!provider || provider.state === 'ok') return null;
  const [tone, shape] = PROVIDER_STATES[provider.state];
  return badge(tone, shape, `${t(`catalogue.provider_${provider.state}`)}${untilText(provider)}`);
}

/** @param {Contract['Provider']} provider */
export function untilText(provider) {
  return provider.retry_at
    ? ` ${t('catalogue.provider_until', { time: formatTime(provider.retry_at) })}`
    : '';
}
