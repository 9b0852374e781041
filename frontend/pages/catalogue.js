/** What can be asked for: data by provider with the use cases it serves, endpoints, and the state of providers. */
import { badge } from '../components/badge/badge.js';
import { textField } from '../components/field/field.js';
import { dataTable } from '../components/table/table.js';
import { get } from '../lib/api.js';
import { announce } from '../lib/focus.js';
import { h, replaceChildren } from '../lib/h.js';
import { t } from '../lib/i18n.js';
import { getProduct, listProducts } from '../lib/products.js';
import { untilText } from './token/providers.js';

/** @typedef {import('../lib/router.js').Context} Context */

const PAGE = 100;
const MOST_PAGES = 10;

/** @type {Record<string, [string, string]>} */
const PROVIDER_STATES = {
  ok: ['good', '✓'],
  maintenance: ['warning', '▲'],
  failing: ['bad', '✕'],
  unknown: ['quiet', '○'],
};

/** @type {import('../lib/router.js').Page} */
export default {
  title: ({ product }) => t('catalogue.title', { product: product.name }),
  async load(ctx) {
    const products = await listProducts();
    const id = products.find((p) => p.id === ctx.query.get('produit'))?.id ?? products[0].id;
    const [product, endpoints, providers] = await Promise.all([
      getProduct(id),
      readAll(`/v1/products/${id}/endpoints`, ctx.signal),
      readAll(`/v1/products/${id}/providers`, ctx.signal),
    ]);
    return { products, product, endpoints, providers };
  },
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

/**
 * @param {any[]} products
 * @param {any} current
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
 * @param {HTMLElement} place
 * @param {any} data
 * @param {string} text
 */
function draw(place, { product, endpoints, providers }, text) {
  const wanted = fold(text);
  const scopes = product.scopes.filter((/** @type {any} */ s) =>
    fold(`${s.label} ${s.description} ${s.group}`).includes(wanted),
  );
  const groups = [
    ...new Set(scopes.map((/** @type {any} */ s) => providerName(s, providers))),
  ].sort((a, b) => String(a).localeCompare(String(b)));
  replaceChildren(
    place,
    h('p', { class: 'muted' }, t('catalogue.found', { count: scopes.length })),
    groups.map((name) =>
      h(
        'section',
        { class: 'catalogue-provider' },
        h(
          'h2',
          null,
          String(name),
          ' ',
          providerBadge(providers.find((/** @type {any} */ p) => p.name === name)),
        ),
        h(
          'ul',
          { class: 'catalogue-list' },
          scopes
            .filter((/** @type {any} */ s) => providerName(s, providers) === name)
            .map((/** @type {any} */ s) => scopeCard(s, product, endpoints)),
        ),
      ),
    ),
  );
  return scopes.length;
}

/**
 * @param {any} scope
 * @param {any[]} providers
 */
function providerName(scope, providers) {
  return providers.find((p) => p.id === scope.provider)?.name ?? t('catalogue.no_provider');
}

/** @param {any} provider */
function providerBadge(provider) {
  if (!provider || provider.state === 'ok') return null;
  const [tone, shape] = PROVIDER_STATES[provider.state];
  return badge(tone, shape, `${t(`catalogue.provider_${provider.state}`)}${untilText(provider)}`);
}

/**
 * @param {any} scope
 * @param {any} product
 * @param {any[]} endpoints
 */
function scopeCard(scope, product, endpoints) {
  const uses = product.use_cases.filter(
    (/** @type {any} */ u) =>
      u.startable_by_applicant && !u.vendor && u.preselected_scopes.includes(scope.id),
  );
  const own = endpoints.filter(
    (e) =>
      e.scopes_any_of.includes(scope.id) ||
      (scope.open_data && e.scopes_any_of.includes('open_data') && e.provider === scope.provider),
  );
  return h(
    'li',
    null,
    h('h3', null, scope.label),
    h(
      'p',
      null,
      scope.open_data
        ? badge('good', '○', t('catalogue.open'))
        : badge('information', '●', t('catalogue.protected')),
      scope.sensitive && [' ', badge('warning', '▲', t('catalogue.sensitive'))],
    ),
    h('p', null, scope.description),
    uses.length > 0 &&
      h(
        'p',
        { class: 'small' },
        t('catalogue.useful'),
        ' ',
        uses.map((/** @type {any} */ u) => u.name).join(', '),
      ),
    own.length > 0 &&
      h(
        'details',
        null,
        h('summary', null, t('catalogue.endpoints', { count: own.length })),
        h(
          'ul',
          { class: 'small' },
          own.map((e) => h('li', null, e.summary, ' ', h('code', null, e.path))),
        ),
      ),
  );
}

/** @param {any} product */
function useCases(product) {
  const rows = product.use_cases.filter((/** @type {any} */ u) => u.startable_by_applicant);
  return h(
    'section',
    null,
    h('h2', { id: 'cas' }, t('catalogue.use_cases')),
    h('p', null, t('catalogue.use_cases_text')),
    dataTable({
      caption: t('catalogue.use_cases'),
      rows,
      columns: [
        { label: t('request.use_case'), head: true, cell: useCaseName },
        {
          label: t('catalogue.for_what'),
          long: true,
          cell: (/** @type {any} */ u) => u.description,
        },
        {
          label: t('catalogue.suggested'),
          number: true,
          cell: (/** @type {any} */ u) => u.preselected_scopes.length,
        },
        {
          label: t('organisation.act'),
          cell: (/** @type {any} */ u) =>
            h(
              'a',
              { href: `/demandes/nouvelle?produit=${product.id}&cas=${u.id}` },
              t('requests.start'),
              h('span', { class: 'visually-hidden' }, ` : ${u.name}`),
            ),
        },
      ],
    }),
  );
}

/** Several makers of software serve the same purpose. @param {any} useCase */
function useCaseName({ name, vendor_name: vendor }) {
  return [name, vendor && h('div', { class: 'small muted' }, t('catalogue.vendor', { vendor }))];
}

/**
 * @param {string} path
 * @param {AbortSignal} signal
 */
async function readAll(path, signal) {
  /** @type {any[]} */
  const items = [];
  let cursor = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { data } = await get(path, { query: { limit: PAGE, cursor }, signal });
    items.push(...data.items);
    cursor = data.next_cursor;
    if (!cursor) break;
  }
  return items;
}

/** Without accents or capitals. @param {string} text */
function fold(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
