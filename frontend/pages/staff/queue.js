/** The queue: what waits for a decision, oldest first, read and sorted without a mouse. */
import { csvButton } from '../../components/csv-button/csv-button.js';
import { emptyState, errorBox } from '../../components/page-states/page-states.js';
import { ApiError, get, put } from '../../lib/api.js';
import { announce } from '../../lib/focus.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { listProducts } from '../../lib/products.js';
import { session } from '../../lib/store.js';
import { chosenFilters, hasFilters } from './queue/filter-state.js';
import { filterBar } from './queue/filters.js';
import { watchKeys } from './keys.js';
import { rememberQueue } from './next.js';
import { queueTable } from './queue/rows.js';

/** @typedef {import('../../lib/router.js').Context} Context */

const PAGE_ROWS = 100;

/** @type {import('../../lib/router.js').Page} */
export default {
  title: () => t('queue.title'),
  async load(ctx) {
    const [page, products, saved] = await Promise.all([
      readPage(ctx),
      listProducts(),
      get('/v1/saved-filters', { query: { limit: 100 }, signal: ctx.signal }),
    ]);
    return { page, products, saved: saved.data.items };
  },
  render({ page, products, saved }, ctx) {
    const root = h('div', null);
    const place = h('div', null);
    const below = h('div', { class: 'actions' });
    let rows = page.items;
    let cursor = page.next_cursor;

    function draw() {
      rememberQueue(rows);
      replaceChildren(place, rows.length > 0 ? queueTable(rows, assign) : nothing(ctx));
      replaceChildren(
        below,
        cursor && h('button', { type: 'button', onclick: () => void more() }, t('common.more')),
      );
    }

    async function more() {
      try {
        const next = await readPage(ctx, cursor);
        rows = [...rows, ...next.items];
        cursor = next.next_cursor;
        draw();
        document.getElementById(`dossier-${next.items[0]?.id}`)?.focus();
        announce(t('common.more_shown', { count: next.items.length }));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        below.prepend(errorBox(error, () => void more()));
      }
    }

    /** Takes a file, or puts back one's own. @param {any} row */
    async function assign(row) {
      const mine = row.assignee?.id === session.account.id;
      try {
        await put(`/v1/requests/${row.id}/assignee`, {
          account_id: mine ? null : session.account.id,
        });
        row.assignee = mine ? null : session.account;
        const focused = row.id;
        draw();
        document.getElementById(`dossier-${focused}`)?.focus();
        announce(t(mine ? 'queue.put_back' : 'queue.taken', { number: row.number }));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        replaceChildren(below, errorBox(error));
      }
    }

    draw();
    watchKeys(ctx, root, (id) => rows.find((/** @type {any} */ r) => r.id === id), assign);
    replaceChildren(
      root,
      h('div', { class: 'page-head' }, h('h1', null, t('queue.title')), exportButton(ctx)),
      h('p', { class: 'muted keys-hint' }, t('queue.keys_hint')),
      filterBar(ctx, products, saved),
      place,
      below,
    );
    return root;
  },
};

/**
 * @param {Context} ctx
 * @param {string | null} [cursor]
 */
async function readPage(ctx, cursor) {
  const query = { ...chosenFilters(ctx), relation: 'staff', limit: PAGE_ROWS, cursor };
  return (await get('/v1/requests', { query, signal: ctx.signal })).data;
}

/** @param {Context} ctx */
function nothing(ctx) {
  return hasFilters(ctx)
    ? emptyState({ title: t('queue.none_found'), text: t('queue.none_found_text') })
    : emptyState({ title: t('queue.none'), text: t('queue.none_text') });
}

/** The filtered list as a file. @param {Context} ctx */
const exportButton = (ctx) =>
  csvButton(t('queue.export'), {
    path: '/v1/requests',
    query: () => ({ ...chosenFilters(ctx), relation: 'staff' }),
    name: 'demandes.csv',
  });
