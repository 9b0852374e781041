/** Filters kept by name: use, keep, forget. */
import { act } from '../../../components/act/act.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { textField } from '../../../components/field/field.js';
import { del, post } from '../../../lib/api.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { ANY, USUAL, chosenFilters, hasFilters } from './filter-state.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {Context} ctx
 * @param {Contract['SavedFilter'][]} saved
 */
export function savedFilters(ctx, saved) {
  return h(
    'div',
    { class: 'actions' },
    saved.map((filter) =>
      h(
        'span',
        { class: 'saved-filter' },
        h(
          'button',
          { type: 'button', class: 'plain', onclick: act(() => use(filter, ctx)) },
          filter.name,
        ),
        h(
          'button',
          {
            type: 'button',
            class: 'plain',
            'aria-label': t('queue.delete_filter', { name: filter.name }),
            onclick: act(() => forget(filter, ctx)),
          },
          '✕',
        ),
      ),
    ),
    hasFilters(ctx) &&
      h(
        'button',
        { type: 'button', class: 'plain', onclick: act(() => keep(ctx)) },
        t('queue.save_filter'),
      ),
  );
}

/**
 * @param {Contract['SavedFilter']} filter
 * @param {Context} ctx
 */
function use({ query }, ctx) {
  ctx.setQuery({
    etat: query.state ? query.state.join(',') : ANY,
    qui: query.assignee ?? null,
    produit: query.product ?? null,
    texte: query.q ?? null,
    tri: query.sort === USUAL.sort ? null : (query.sort ?? null),
  });
  return ctx.reload();
}

/** @param {Context} ctx */
async function keep(ctx) {
  const done = await askDialog({
    title: t('queue.save_filter'),
    fields: [textField({ name: 'name', label: t('queue.filter_name'), maxlength: 255 })],
    submit: t('common.save'),
    wrong: { 409: t('queue.filter_name_in_use') },
    onsubmit: async ({ name }, { idempotencyKey }) => {
      const { state, product, assignee, q, sort } = chosenFilters(ctx);
      const rest = { product, assignee, q, sort };
      const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value));
      const states = /** @type {Contract['RequestState'][]} */ (state.split(','));
      const query = state ? { ...set, state: states } : set;
      await post('/v1/saved-filters', { body: { name, query }, idempotencyKey });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('common.saved'));
}

/**
 * @param {Contract['SavedFilter']} filter
 * @param {Context} ctx
 */
async function forget(filter, ctx) {
  const done = await askDialog({
    title: t('queue.delete_filter', { name: filter.name }),
    submit: t('common.delete'),
    onsubmit: async () =>
      void (await del('/v1/saved-filters/{filter_id}', { params: { filter_id: filter.id } })),
  });
  if (done) await ctx.reload();
}
