/** What of the queue is shown: fields, chips that take a filter away, filters kept by name. */
import { askDialog } from '../../components/dialog/dialog.js';
import { selectField, textField } from '../../components/field/field.js';
import { fold } from '../../components/fold/fold.js';
import { del, post } from '../../lib/api.js';
import { announce } from '../../lib/focus.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/** @typedef {import('../../lib/router.js').Context} Context */

/** Query key of the API → key of our address. */
const KEYS = /** @type {const} */ ({
  state: 'etat',
  product: 'produit',
  assignee: 'qui',
  q: 'texte',
  sort: 'tri',
});
const STATES = ['submitted', 'changes_requested', 'approved', 'refused', 'revoked', 'archived'];
const USUAL = { state: 'submitted', sort: 'age' };
const ANY = 'toutes';

/**
 * @param {Context} ctx
 * @returns {Record<string, string>}
 */
export function chosenFilters(ctx) {
  const typed = Object.fromEntries(
    Object.entries(KEYS).map(([name, key]) => [name, ctx.query.get(key) ?? '']),
  );
  const state = typed.state === ANY ? '' : typed.state || USUAL.state;
  return { ...typed, state, sort: typed.sort || USUAL.sort };
}

/** @param {Context} ctx */
export function hasFilters(ctx) {
  return Object.values(KEYS).some((key) => ctx.query.has(key));
}

/**
 * @param {Context} ctx
 * @param {any[]} products
 * @param {any[]} saved
 */
export function filterBar(ctx, products, saved) {
  const chosen = chosenFilters(ctx);
  const state = selectField({
    name: 'state',
    label: t('requests.state'),
    optional: true,
    value: ctx.query.get(KEYS.state) === ANY ? ANY : chosen.state,
    options: [
      ...STATES.map((value) => ({ value, label: stateName(value) })),
      // Several states come from a filter that a program kept.
      ...(chosen.state.includes(',')
        ? [{ value: chosen.state, label: stateName(chosen.state) }]
        : []),
      { value: ANY, label: t('requests.all_states') },
    ],
  });
  const assignee = selectField({
    name: 'assignee',
    label: t('queue.assignee'),
    optional: true,
    value: chosen.assignee,
    placeholder: t('queue.anybody'),
    options: [
      { value: 'me', label: t('queue.me') },
      { value: 'none', label: t('queue.nobody') },
    ],
  });
  const product = selectField({
    name: 'product',
    label: t('request.product'),
    optional: true,
    value: chosen.product,
    placeholder: t('queue.all_products'),
    options: products.map((p) => ({ value: p.id, label: p.name })),
  });
  const sort = selectField({
    name: 'sort',
    label: t('queue.sort'),
    optional: true,
    value: chosen.sort,
    options: ['age', 'updated'].map((value) => ({ value, label: t(`queue.sort_${value}`) })),
  });
  const text = textField({
    name: 'q',
    type: 'search',
    label: t('queue.search'),
    optional: true,
    value: chosen.q,
    attributes: { placeholder: t('queue.search_example') },
  });
  const apply = (/** @type {Event} */ event) => {
    event.preventDefault();
    ctx.setQuery({
      etat: state.value === USUAL.state ? null : state.value,
      qui: assignee.value,
      produit: product.value,
      tri: sort.value === USUAL.sort ? null : sort.value,
      texte: text.value.trim(),
    });
    void ctx.reload();
  };
  for (const field of [state, assignee, product, sort])
    field.control.addEventListener('change', apply);
  return h(
    'div',
    null,
    h(
      'form',
      { class: 'filters', role: 'search', onsubmit: apply },
      text.element,
      fold(
        t('queue.other_filters'),
        [state, assignee, product, sort].map((f) => f.element),
      ),
      h('button', { type: 'submit' }, t('common.search')),
    ),
    chips(ctx),
    savedFilters(ctx, saved),
  );
}

/** Each filter in force, with its cross. @param {Context} ctx */
function chips(ctx) {
  const on = Object.entries(KEYS).filter(([, key]) => ctx.query.has(key));
  if (on.length === 0) return null;
  return h(
    'ul',
    { class: 'chips', 'aria-label': t('queue.filters_on') },
    on.map(([name, key]) =>
      h(
        'li',
        null,
        h(
          'button',
          {
            type: 'button',
            class: 'chip',
            onclick: () => {
              ctx.setQuery({ [key]: null });
              void ctx.reload();
            },
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
  if (name === 'assignee') return t(value === 'me' ? 'queue.me' : 'queue.nobody');
  if (name === 'sort') return t(`queue.sort_${value}`);
  return name === 'q' ? `« ${value} »` : value;
}

/** @param {string} value one state or several, with commas */
function stateName(value) {
  return value
    .split(',')
    .map((state) => t(`request_state.${state}`))
    .join(', ');
}

/**
 * @param {Context} ctx
 * @param {any[]} saved
 */
function savedFilters(ctx, saved) {
  return h(
    'div',
    { class: 'actions' },
    saved.map((filter) =>
      h(
        'span',
        { class: 'saved-filter' },
        h(
          'button',
          { type: 'button', class: 'plain', onclick: () => use(filter, ctx) },
          filter.name,
        ),
        h(
          'button',
          {
            type: 'button',
            class: 'plain',
            'aria-label': t('queue.forget', { name: filter.name }),
            onclick: () => void forget(filter, ctx),
          },
          '✕',
        ),
      ),
    ),
    hasFilters(ctx) &&
      h(
        'button',
        { type: 'button', class: 'plain', onclick: () => void keep(ctx) },
        t('queue.keep'),
      ),
  );
}

/**
 * @param {any} filter
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
  void ctx.reload();
}

/** @param {Context} ctx */
async function keep(ctx) {
  const done = await askDialog({
    title: t('queue.keep'),
    fields: [textField({ name: 'name', label: t('queue.keep_name'), maxlength: 255 })],
    submit: t('common.save'),
    wrong: { 409: t('queue.keep_taken') },
    onsubmit: async ({ name }, { idempotencyKey }) => {
      const { state, ...rest } = chosenFilters(ctx);
      const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value));
      const query = state ? { ...set, state: state.split(',') } : set;
      await post('/v1/saved-filters', { name, query }, { idempotencyKey });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('common.saved'));
}

/**
 * @param {any} filter
 * @param {Context} ctx
 */
async function forget(filter, ctx) {
  const done = await askDialog({
    title: t('queue.forget', { name: filter.name }),
    submit: t('common.delete'),
    onsubmit: async () => void (await del(`/v1/saved-filters/${filter.id}`)),
  });
  if (done) await ctx.reload();
}
