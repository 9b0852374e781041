/** What can be asked for: data by provider with the use cases it serves, endpoints, and the state of providers. */
import { textField } from '../../components/field/field.js';
import { get } from '../../lib/api.js';
import { announce } from '../../lib/focus.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { getProduct, listProducts } from '../../lib/products.js';
import { draw } from './catalogue/scopes.js';
import { useCases } from './catalogue/use-cases.js';

const PAGE = 100;

const PAGES_MAX = 10;

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: ({ product }) => t('catalogue.title', { product: product.name }),
  load,
  render(data, ctx) {
    const { products, product } = data;
    const place = h('div');
    const search = textField({
      name: 'texte',
      type: 'search',
      label: t('catalogue.search'),
      optional: true,
      value: ctx.query.get('texte') ?? '',
      oninput: (text) => {
        ctx.setQuery({ texte: text || null });
        announce(t('catalogue.found', { count: draw(place, data, text) }));
      },
    });
    draw(place, data, search.value);
    return h(
      'div',
      null,
      h('h1', null, t('catalogue.title', { product: product.name })),
      h('p', { class: 'lead' }, product.description),
      products.length > 1 && productLinks(products, product),
      h('p', null, t('catalogue.intro')),
      h('search', null, search.element),
      place,
      useCases(product),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load(ctx) {
  const products = await listProducts();
  const id = products.find((p) => p.id === ctx.query.get('produit'))?.id ?? products[0].id;
  const params = { product: id };
  const { signal } = ctx;
  const [product, endpoints, providers] = await Promise.all([
    getProduct(id),
    readAll((query) => get('/v1/products/{product}/endpoints', { params, query, signal })),
    readAll((query) => get('/v1/products/{product}/providers', { params, query, signal })),
  ]);
  return { products, product, endpoints, providers };
}

/**
 * @param {Contract['ProductSummary'][]} products
 * @param {{id: string}} current
 */
function productLinks(products, current) {
  return h(
    'nav',
    { class: 'account-nav', 'aria-label': t('catalogue.products') },
    h(
      'ul',
      null,
      products.map((p) =>
        h(
          'li',
          null,
          h(
            'a',
            {
              href: `/catalogue?produit=${encodeURIComponent(p.id)}`,
              'aria-current': p.id === current.id ? 'page' : null,
            },
            p.name,
          ),
        ),
      ),
    ),
  );
}

/**
 * @template T
 * @param {(query: {limit: number, cursor: string | null}) => Promise<ApiResult<{items: T[], next_cursor: string | null}>>} read
 */
async function readAll(read) {
  /** @type {T[]} */
  const items = [];
  /** @type {string | null} */
  let cursor = null;
  for (let page = 0; page < PAGES_MAX; page++) {
    /** @type {ApiResult<{items: T[], next_cursor: string | null}>} */
    const { data } = await read({ limit: PAGE, cursor });
    items.push(...data.items);
    cursor = data.next_cursor;
    if (!cursor) break;
  }
  return items;
}
