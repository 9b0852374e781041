/**
 * A page that searches a list: the form of its filters, and what they found.
 *
 *   filterForm(ctx, [who.element, since.element], () => ({ qui: who.value, du: since.value }))
 *   foundList({ first, more, draw, none: 'audit' })    where nothing was found: audit.none, audit.none_text
 */
import { emptyState } from '../page-states/page-states.js';
import { pagedList } from '../pager/pager.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/**
 * `read` gives the query of the page that the fields stand for; null: one of them says what is wrong.
 * @param {import('../../lib/router.js').Context} ctx
 * @param {Children} fields
 * @param {() => Record<string, string | null> | null} read
 * @param {Child} [more] behind the button
 */
export function filterForm(ctx, fields, read, more) {
  return h(
    'form',
    {
      class: 'filters',
      role: 'search',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        const query = read();
        if (query === null) return;
        ctx.setQuery(query);
        void ctx.reload();
      },
    },
    fields,
    h('button', { type: 'submit' }, t('common.search')),
    more,
  );
}

/**
 * @template T
 * @param {Parameters<typeof pagedList<T>>[0] & {none: string}} options
 */
export function foundList({ none, ...list }) {
  return list.first.items.length === 0
    ? emptyState({ title: t(`${none}.none`), text: t(`${none}.none_text`) })
    : pagedList(list);
}
