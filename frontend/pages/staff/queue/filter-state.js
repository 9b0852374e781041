/** The filters of the queue as the address keeps them, and their names. */
import { t } from '../../../lib/i18n.js';
import { REQUEST_WORDS } from '../../../lib/search.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/** Query key of the API → key of our address. */
export const KEYS = /** @type {const} */ ({
  state: 'etat',
  product: 'produit',
  assignee: 'qui',
  q: 'texte',
  sort: 'tri',
  relation: 'role',
});

export const STATES = [
  'submitted',
  'changes_requested',
  'approved',
  'refused',
  'revoked',
  'archived',
];

export const USUAL = { state: 'submitted', sort: 'age', relation: 'staff' };

export const ANY = 'toutes';

/**
 * @param {Context} ctx
 * @returns {Record<string, string>}
 */
export function chosenFilters(ctx) {
  const typed = Object.fromEntries(
    Object.entries(KEYS).map(([name, key]) => [name, ctx.query.get(key) ?? '']),
  );
  const state = typed.state === ANY ? '' : typed.state || USUAL.state;
  return {
    ...typed,
    q: REQUEST_WORDS.words(typed.q ?? '') ?? '',
    state,
    sort: typed.sort || USUAL.sort,
    relation: typed.relation || USUAL.relation,
  };
}

/** @param {Context} ctx */
export function hasFilters(ctx) {
  return Object.values(KEYS).some((key) => ctx.query.has(key));
}

/** @param {string} value one state or several, with commas */
export function stateName(value) {
  return value
    .split(',')
    .map((state) => t(`request_state.${state}`))
    .join(', ');
}
