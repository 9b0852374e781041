/** Start a request: the product, then the use case found by answering what the démarche is. */
import { alert } from '../../components/alert/alert.js';
import { choiceField, selectField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { breadcrumb } from '../../components/breadcrumb/breadcrumb.js';
import { post } from '../../lib/api.js';
import { formatSiret } from '../../lib/format.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { getProduct, listProducts } from '../../lib/products.js';
import { session } from '../../lib/store.js';

/** @typedef {import('../../lib/router.js').Context} Context */

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('request_new.title'),
  load,
  render({ products, product }, ctx) {
    return h(
      'div',
      null,
      breadcrumb([
        { href: '/demandes', text: t('requests.title') },
        { text: t('request_new.title') },
      ]),
      h('h1', null, t('request_new.title')),
      session.current
        ? choose(products, product, ctx)
        : alert(
            'warning',
            t('requests.no_organisation'),
            h('p', null, h('a', { href: '/organisation' }, t('shell.my_organisation'))),
          ),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load(ctx) {
  const products = await listProducts();
  const wanted = ctx.query.get('produit') ?? (products.length === 1 ? products[0].id : null);
  return {
    products,
    product: products.some((p) => p.id === wanted)
      ? await getProduct(/** @type {string} */ (wanted))
      : null,
  };
}

/**
 * @param {Contract['ProductSummary'][]} products
 * @param {Contract['Product'] | null} product
 * @param {Context} ctx
 */
function choose(products, product, ctx) {
  if (!product) return productChoice(products);
  return [
    products.length > 1 &&
      h(
        'p',
        null,
        h('strong', null, product.name),
        ' – ',
        h('a', { href: '/demandes/nouvelle' }, t('request_new.other_product')),
      ),
    useCaseForm(product, ctx),
  ];
}

/** @param {Contract['ProductSummary'][]} products */
function productChoice(products) {
  return [
    h('h2', null, t('request_new.which_product')),
    h(
      'ul',
      { class: 'grid-cards' },
      products.map((p) =>
        h(
          'li',
          { class: 'card' },
          h(
            'h3',
            null,
            h('a', { href: `/demandes/nouvelle?produit=${encodeURIComponent(p.id)}` }, p.name),
          ),
          h('p', null, p.description),
        ),
      ),
    ),
  ];
}

/**
 * @param {Contract['Product']} product
 * @param {Context} ctx
 */
function useCaseForm(product, ctx) {
  const startable = product.use_cases.filter((u) => u.startable_by_applicant);
  const groups = product.use_case_groups.filter((g) => startable.some((u) => u.group === g.id));
  const wanted = startable.find((u) => u.id === ctx.query.get('cas'));
  const place = h('div');
  const organisation = selectField({
    name: 'siret',
    label: t('request_new.organisation'),
    value: session.current.siret,
    options: session.active.map((m) => ({
      value: m.siret,
      label: `${m.organisation_name ?? ''} (${formatSiret(m.siret)})`,
    })),
  });
  let useCase = casesOf(groups[0].id);
  const group = choiceField({
    name: 'group',
    label: t('request_new.which_group'),
    options: groups.map((g) => ({ value: g.id, label: g.label })),
    oninput: (id) => {
      useCase = casesOf(id);
      replaceChildren(place, useCase.element);
    },
  });

  /** @param {string} id */
  function casesOf(id) {
    const found = groups.find((g) => g.id === id);
    return choiceField({
      name: 'use_case',
      label: found?.question ?? '',
      options: startable
        .filter((u) => u.group === id)
        .map((u) => ({
          value: u.id,
          label: u.question,
          hint: [h('strong', null, u.name), ' – ', u.description],
        })),
    });
  }

  if (wanted) {
    group.value = wanted.group;
    useCase = casesOf(wanted.group);
    useCase.value = wanted.id;
    replaceChildren(place, useCase.element);
  }
  /** @type {import('../../components/field/field.js').Field<'use_case', string>} the one on the screen */
  const chosen = {
    name: 'use_case',
    pointer: '/use_case',
    secret: false,
    get label() {
      return useCase.label;
    },
    get element() {
      return useCase.element;
    },
    get control() {
      return useCase.control;
    },
    get value() {
      return useCase.value;
    },
    set value(value) {
      useCase.value = value;
    },
    check: () => (group.value ? useCase.check() : null),
    setError: (message) => useCase.setError(message),
  };
  return createForm({
    fields: [organisation, group, chosen],
    content: [session.active.length > 1 && organisation.element, group.element, place],
    submit: t('request_new.submit'),
    onsubmit: async (values, { idempotencyKey }) => {
      const body = { product: product.id, use_case: values.use_case, siret: values.siret };
      const { data } = await post('/v1/requests', { body, idempotencyKey });
      ctx.navigate(`/demandes/${data.id}/formulaire`, { replace: true });
    },
  }).element;
}
