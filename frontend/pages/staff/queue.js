/** The queue of requests that await a decision, oldest first, usable by keyboard alone. */
import { act } from '../../components/act/act.js';
import { exportButton } from '../../components/export-button/export-button.js';
import { emptyState } from '../../components/page-states/page-states.js';
import { get, put } from '../../lib/api.js';
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

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('queue.title'),
  load,
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
        cursor && h('button', { type: 'button', onclick: act(more) }, t('common.show_more')),
      );
    }

    async function more() {
      const next = await readPage(ctx, cursor);
      rows = [...rows, ...next.items];
      cursor = next.next_cursor;
      draw();
      document.getElementById(`dossier-${next.items[0]?.id}`)?.focus();
      announce(t('common.rows_added', { count: next.items.length }));
    }

    /** Takes a file, or puts back one's own. @param {Contract['RequestSummary']} row */
    async function assign(row) {
      const mine = row.assignee?.id === session.me.id;
      await put('/v1/requests/{id}/assignee', {
        params: { id: row.id },
        body: { account_id: mine ? null : session.me.id },
      });
      row.assignee = mine ? null : session.me;
      draw();
      document.getElementById(`dossier-${row.id}`)?.focus();
      announce(t(mine ? 'queue.unassigned' : 'queue.assigned', { number: row.number }));
    }

    draw();
    watchKeys(ctx, root, (id) => rows.find((r) => r.id === id), assign);
    replaceChildren(
      root,
      h('div', { class: 'page-head' }, h('h1', null, t('queue.title')), listExport(ctx)),
      h('p', { class: 'muted keys-hint' }, t('queue.keys_hint')),
      filterBar(ctx, products, saved),
      place,
      below,
    );
    return root;
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load(ctx) {
  const [page, products, saved] = await Promise.all([
    readPage(ctx),
    listProducts(),
    get('/v1/saved-filters', { query: { limit: 100 }, signal: ctx.signal }),
  ]);
  return { page, products, saved: saved.data.items };
}

/**
 * @param {Context} ctx
 * @param {string | null} [cursor]
 */
async function readPage(ctx, cursor) {
  const query = { ...chosenFilters(ctx), limit: PAGE_ROWS, cursor };
  return (await get('/v1/requests', { query, signal: ctx.signal })).data;
}

/** @param {Context} ctx */
function nothing(ctx) {
  return hasFilters(ctx)
    ? emptyState({ title: t('queue.none_found'), text: t('queue.none_found_text') })
    : emptyState({ title: t('queue.none'), text: t('queue.none_text') });
}

/** The filtered list as a file. @param {Context} ctx */
const listExport = (ctx) =>
  exportButton(t('queue.export'), {
    order: () => {
      const { state, product, assignee, q, relation } = chosenFilters(ctx);
      return { kind: 'requests', filters: { state, product, assignee, q, relation } };
    },
    signal: ctx.signal,
  });
