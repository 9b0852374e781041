/** One's exports: how far they are, their files, until they expire. */
import { act } from '../../components/act/act.js';
import { alert } from '../../components/alert/alert.js';
import { badge } from '../../components/badge/badge.js';
import { failure, fileLink, isUnderWay } from '../../components/export-button/export-button.js';
import { emptyState } from '../../components/page-states/page-states.js';
import { pagedList } from '../../components/pager/pager.js';
import { dataTable } from '../../components/table/table.js';
import { del, get } from '../../lib/api.js';
import { timeElement } from '../../lib/dates.js';
import { announce } from '../../lib/focus.js';
import { formatNumber } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { poll } from '../../lib/poll.js';

/** @typedef {import('../../lib/router.js').Context} Context */
/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

const LOOK_MS = 2000;

/** @type {Record<Contract['Export']['state'], [string, string]>} */
const BADGES = {
  pending: ['quiet', '○'],
  running: ['information', '●'],
  ready: ['good', '✓'],
  failed: ['bad', '✕'],
};

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('exports.title'),
  load,
  render(first, ctx) {
    watch(first, ctx);
    return h(
      'div',
      null,
      h('h1', null, t('exports.title')),
      h('p', null, t('exports.text')),
      isGone(first, ctx) && alert('warning', t('exports.gone')),
      first.items.length === 0
        ? emptyState({ title: t('exports.none'), text: t('exports.none_text') })
        : pagedList({
            first,
            more: async (cursor) => (await get('/v1/exports', { query: { cursor } })).data,
            draw: (rows) => table(rows, ctx),
          }),
    );
  },
};

/** The mail's link names an export that is not kept any more. @param {Loaded} first @param {Context} ctx */
function isGone({ items }, { query }) {
  const id = query.get('export');
  return id !== null && !items.some((one) => one.id === id);
}

/** @param {Context} ctx */
async function load({ signal }) {
  return (await get('/v1/exports', { signal })).data;
}

/** Draws again once one that is under way has come to its end. @param {Loaded} first @param {Context} ctx */
function watch(first, ctx) {
  const waiting = first.items.find(isUnderWay);
  if (!waiting) return;
  let isOver = false;
  poll(
    async () => {
      const { data } = await get('/v1/exports/{id}', {
        params: { id: waiting.id },
        signal: ctx.signal,
      });
      isOver = !isUnderWay(data);
      if (isOver) await ctx.reload();
    },
    { everyMs: LOOK_MS, signal: ctx.signal, isWanted: () => !isOver },
  );
}

/**
 * @param {Contract['Export'][]} rows
 * @param {Context} ctx
 */
function table(rows, ctx) {
  return dataTable({
    caption: t('exports.title'),
    rows,
    columns: [
      {
        label: t('exports.what'),
        head: true,
        cell: (e) => [
          t(`exports.kind_${e.kind}`),
          ' ',
          h('span', { class: 'muted' }, e.format.toUpperCase()),
        ],
      },
      { label: t('exports.asked'), cell: (e) => timeElement(e.created_at) },
      {
        label: t('exports.state'),
        cell: (e) => [
          badge(...BADGES[e.state], t(`exports.state_${e.state}`)),
          e.state === 'failed' && h('div', { class: 'small' }, failure(e)),
        ],
      },
      {
        label: t('exports.size'),
        number: true,
        cell: (e) => (e.rows > 0 ? formatNumber(e.rows) : ''),
      },
      { label: t('exports.until'), cell: (e) => timeElement(e.expires_at) },
      {
        label: t('exports.file'),
        cell: (e) => [
          e.state === 'ready' && fileLink(e),
          h(
            'button',
            { type: 'button', class: 'plain', onclick: act(() => remove(e, ctx)) },
            t('exports.delete'),
          ),
        ],
      },
    ],
  });
}

/**
 * @param {Contract['Export']} state
 * @param {Context} ctx
 */
async function remove(state, ctx) {
  await del('/v1/exports/{id}', { params: { id: state.id } });
  announce(t('exports.deleted'));
  await ctx.reload();
}
