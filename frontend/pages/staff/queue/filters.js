/** The fields that filter the queue; below them the filters in force and those kept by name. */
import { selectField } from '../../../components/field/field.js';
import { fold } from '../../../components/fold/fold.js';
import { filterForm } from '../../../components/list-search/list-search.js';
import { searchField } from '../../../components/search-field/search-field.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { REQUEST_WORDS } from '../../../lib/search.js';
import { ANY, KEYS, STATES, USUAL, chosenFilters, stateName } from './filter-state.js';
import { chips } from './chips.js';
import { savedFilters } from './saved-filters.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {Context} ctx
 * @param {Contract['ProductSummary'][]} products
 * @param {Contract['SavedFilter'][]} saved
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
    placeholder: t('queue.any_assignee'),
    options: [
      { value: 'me', label: t('queue.own_requests') },
      { value: 'none', label: t('queue.no_assignee') },
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
  // Of no use where no product asks for two instructors.
  const relation = products.some((p) => p.four_eyes)
    ? selectField({
        name: 'relation',
        label: t('queue.relation'),
        optional: true,
        value: chosen.relation,
        options: [
          { value: USUAL.relation, label: t('queue.any_relation') },
          { value: 'second_instructor', label: t('queue.second_instructor') },
        ],
      })
    : null;
  const selects = [state, assignee, product, relation, sort].filter((field) => field !== null);
  const text = searchField({
    rule: REQUEST_WORDS,
    name: 'q',
    label: t('queue.search'),
    value: ctx.query.get(KEYS.q) ?? '',
    attributes: { placeholder: t('queue.search_example') },
  });
  const fields = [
    text.element,
    fold(
      t('queue.other_filters'),
      selects.map((f) => f.element),
    ),
  ];
  const form = filterForm(ctx, fields, () =>
    text.isReady()
      ? {
          etat: state.value === USUAL.state ? null : state.value,
          qui: assignee.value,
          produit: product.value,
          tri: sort.value === USUAL.sort ? null : sort.value,
          role: relation && relation.value !== USUAL.relation ? relation.value : null,
          texte: text.words,
        }
      : null,
  );
  for (const field of selects) field.control.addEventListener('change', () => form.requestSubmit());
  return h('div', null, form, chips(ctx), savedFilters(ctx, saved));
}
