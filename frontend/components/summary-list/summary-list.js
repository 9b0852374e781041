/**
 * Terms and values, with an optional act per row.
 *
 *   summaryList([[t('…'), 'value'], [t('…'), node, actionNode]])
 *
 * An empty value shows a dash that screen readers hear as "non renseigné".
 */
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/** @param {([term: Child, value: Children, action?: Children] | null | false | undefined | '')[]} rows */
export function summaryList(rows) {
  return h(
    'dl',
    { class: 'summary-list' },
    rows.map((row) => {
      if (!row) return null;
      const [term, value, action] = row;
      const empty =
        value === null ||
        value === undefined ||
        value === '' ||
        (Array.isArray(value) && value.length === 0);
      return h(
        'div',
        null,
        h('dt', null, term),
        h('dd', null, empty ? missing() : value),
        action && h('dd', { class: 'summary-list-action' }, action),
      );
    }),
  );
}

function missing() {
  return h(
    'span',
    { class: 'muted' },
    h('span', { 'aria-hidden': 'true' }, '–'),
    h('span', { class: 'visually-hidden' }, t('common.not_given')),
  );
}
