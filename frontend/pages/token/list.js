/** The tokens one may see: state, expiry, what they open, and the way to each. */
import { tokenBadge } from '../../components/badge/badge.js';
import { emptyState } from '../../components/page-states/page-states.js';
import { pagedList } from '../../components/pager/pager.js';
import { dataTable } from '../../components/table/table.js';
import { get } from '../../lib/api.js';
import { dayElement, timeElement } from '../../lib/dates.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { listProducts } from '../../lib/products.js';

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('tokens.title'),
  load,
  render({ first, names }) {
    return h(
      'div',
      null,
      h('h1', null, t('tokens.title')),
      h('p', { class: 'lead' }, t('tokens.text')),
      first.items.length === 0
        ? emptyState({
            title: t('tokens.none_title'),
            text: t('tokens.none_text'),
            action: h('a', { href: '/demandes' }, t('tokens.none_action')),
          })
        : pagedList({
            first,
            more: async (cursor) => (await get('/v1/tokens', { query: { cursor } })).data,
            draw: (rows) => table(rows, names),
          }),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load({ signal }) {
  const [{ data }, products] = await Promise.all([get('/v1/tokens', { signal }), listProducts()]);
  return { first: data, names: new Map(products.map((p) => [p.id, p.name])) };
}

/** A token that dies within this time is drawn as such. */
export const EXPIRING_MS = 90 * 24 * 3600 * 1000;

/** @param {Contract['Token']} token */
export function shownState(token) {
  const left = Date.parse(token.expires_at) - Date.now();
  return token.state === 'active' && left < EXPIRING_MS ? 'expiring' : token.state;
}

/**
 * @param {Contract['Token'][]} rows
 * @param {Map<string, string>} names of the products
 */
function table(rows, names) {
  return dataTable({
    caption: t('tokens.title'),
    rows,
    columns: [
      {
        label: t('tokens.request'),
        head: true,
        cell: (token) => [
          h('a', { href: `/jetons/${token.id}` }, token.title || token.request_number),
          h('br'),
          h(
            'span',
            { class: 'small muted' },
            `${token.organisation_name} · ${names.get(token.product) ?? token.product}`,
          ),
        ],
      },
      { label: t('tokens.state'), cell: (token) => tokenBadge(shownState(token)) },
      { label: t('tokens.expires'), cell: (token) => dayElement(token.expires_at) },
      {
        label: t('tokens.last_call'),
        cell: (token) =>
          token.last_called_at ? timeElement(token.last_called_at) : t('tokens.never_called'),
      },
    ],
  });
}
