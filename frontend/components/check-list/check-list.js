/**
 * The automatic checks of a request, each with its shape and its sentence.
 *
 *   checkList(checks, '/demandes')
 */
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/** @type {Record<string, string>} */
const SHAPES = { ok: '✓', warning: '▲', blocking: '✕', unknown: '?' };
/** @type {Record<string, string>} */
const TONES = { ok: 'good', warning: 'warning', blocking: 'bad', unknown: 'information' };

/**
 * @param {Contract['Checks']['checks']} checks
 * @param {string} base the page that shows a request: "/demandes" or "/instruction"
 */
export function checkList(checks, base) {
  return h(
    'ul',
    { class: 'check-list' },
    checks.map((check) =>
      h(
        'li',
        null,
        h(
          'span',
          { class: `check-shape check-${TONES[check.outcome]}`, 'aria-hidden': 'true' },
          SHAPES[check.outcome],
        ),
        h(
          'div',
          null,
          h('span', { class: 'visually-hidden' }, t(`checks.${check.outcome}`), ' '),
          check.message,
          check.requests.map((r) => [' ', h('a', { href: `${base}/${r.id}` }, r.number)]),
          check.requests_count > check.requests.length &&
            ` ${t('checks.others', { count: check.requests_count - check.requests.length })}`,
        ),
      ),
    ),
  );
}
