/** Each filter in force, with the button that removes it. */
import { act } from '../../../components/act/act.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { ANY, KEYS, stateName } from './filter-state.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/** Each filter in force, with its cross. @param {Context} ctx */
export function chips(ctx) {
  const on = Object.entries(KEYS).filter(([, key]) => ctx.query.has(key));
  if (on.length === 0) return null;
  return h(
    'ul',
    { class: 'chips', 'aria-label': t('queue.active_filters') },
    on.map(([name, key]) =>
      h(
        'li',
        null,
        h(
          'button',
          {
            type: 'button',
            class: 'chip',
            onclick: act(() => {
              ctx.setQuery({ [key]: null });
              return ctx.reload();
            }),
          },
          wordsOf(name, ctx.query.get(key) ?? ''),
          h('span', { 'aria-hidden': 'true' }, ' ✕'),
          h('span', { class: 'visually-hidden' }, ` (${t('queue.remove_filter')})`),
        ),
      ),
    ),
  );
}

/**
 * @param {string} name
 * @param {string} value
 */
function wordsOf(name, value) {
  if (name === 'state') return value === ANY ? t('requests.all_states') : stateName(value);
  if (name === 'assignee') return t(value === 'me' ? 'queue.own_requests' : 'queue.no_assignee');
  if (name === 'relation') return t('queue.second_instructor');
  if (name === 'sort') return t(`queue.sort_${value}`);
  return name === 'q' ? `« ${value} »` : value;
}
