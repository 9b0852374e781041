/**
 * A list by cursor: rows, then "Afficher plus". New rows take the focus, the
 * count is said.
 *
 *   pagedList({first: data, more: async (cursor) => (await get(…)).data, draw: (items) => Node})
 */
import { ApiError } from '../../lib/api.js';
import { announce } from '../../lib/focus.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { errorBox } from '../page-states/page-states.js';

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
  const button = h('button', { type: 'button', onclick: next }, t('common.more'));

  async function next() {
    if (!cursor || button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    try {
      const page = await more(cursor);
      cursor = page.next_cursor;
      const start = place.childElementCount;
      place.append(draw(page.items));
      announce(t('common.more_shown', { count: page.items.length }));
      /** @type {HTMLElement | null} */ (
        place.children[start]?.querySelector('a, button')
      )?.focus();
      below.replaceChildren(...(cursor ? [button] : []));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      below.replaceChildren(errorBox(error, () => void next()));
    } finally {
      button.removeAttribute('aria-disabled');
    }
  }

  if (cursor) below.append(button);
  return h('div', null, place, below);
}
