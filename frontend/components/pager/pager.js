/**
 * A list by cursor: rows, then "Afficher plus". New rows take the focus, the
 * count is said.
 *
 *   pagedList({first: data, more: async (cursor) => (await get(…)).data, draw: (items) => Node})
 */
import { act } from '../act/act.js';
import { announce } from '../../lib/focus.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/**
 * @template T
 * @typedef {{items: T[], next_cursor: string | null}} ListPage
 */

/**
 * @template T
 * @param {{first: ListPage<T>, more: (cursor: string) => Promise<ListPage<T>>, draw: (items: T[]) => Node}} options
 */
export function pagedList({ first, more, draw }) {
  const place = h('div', null, draw(first.items));
  const below = h('div', { class: 'actions' });
  let cursor = first.next_cursor;
  const button = h('button', { type: 'button', onclick: act(next) }, t('common.show_more'));

  async function next() {
    if (!cursor) return;
    const page = await more(cursor);
    cursor = page.next_cursor;
    const start = place.childElementCount;
    place.append(draw(page.items));
    announce(t('common.rows_added', { count: page.items.length }));
    /** @type {HTMLElement | null} */ (place.children[start]?.querySelector('a, button'))?.focus();
    if (!cursor) button.remove();
  }

  if (cursor) below.append(button);
  return h('div', null, place, below);
}
