/** The texts that instructors start from, by decision. */
import { act } from '../../components/act/act.js';
import { askDialog } from '../../components/dialog/dialog.js';
import { selectField, textArea, textField } from '../../components/field/field.js';
import { emptyState } from '../../components/page-states/page-states.js';
import { del, get, patch, post } from '../../lib/api.js';
import { announce } from '../../lib/focus.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { listProducts } from '../../lib/products.js';
import { session } from '../../lib/store.js';

/** @typedef {import('../../lib/router.js').Context} Context */

/** @type {Contract['DecisionOutcome'][]} */
const OUTCOMES = ['approve', 'request_changes', 'refuse', 'revoke'];

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('templates.title'),
  load,
  render({ products, product, templates }, ctx) {
    const may = session.roles.some((r) => r.role === 'manager' && r.product === product);
    const choice = selectField({
      name: 'product',
      label: t('request.product'),
      value: product,
      options: products.map((p) => ({ value: p.id, label: p.name })),
      oninput: (value) => {
        ctx.setQuery({ produit: value });
        void ctx.reload();
      },
    });
    return h(
      'div',
      null,
      h('h1', null, t('templates.title')),
      h('p', null, t('templates.text')),
      products.length > 1 && choice.element,
      may &&
        h(
          'p',
          null,
          h(
            'button',
            { type: 'button', class: 'primary', onclick: act(() => write(product, null, ctx)) },
            t('templates.add'),
          ),
        ),
      templates.length === 0 &&
        emptyState({ title: t('templates.none'), text: t('templates.none_text') }),
      OUTCOMES.map((outcome) => group(outcome, templates, product, may, ctx)),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load(ctx) {
  const all = await listProducts();
  const own = all.filter(
    (p) => session.hasRole('admin') || session.roles.some((r) => r.product === p.id),
  );
  const products = own.length > 0 ? own : all;
  const product = ctx.query.get('produit') ?? products[0].id;
  const { data } = await get('/v1/products/{product}/templates', {
    params: { product },
    query: { limit: 100 },
    signal: ctx.signal,
  });
  return { products, product, templates: data.items };
}

/**
 * @param {Contract['DecisionOutcome']} outcome
 * @param {Contract['Template'][]} templates
 * @param {string} product
 * @param {boolean} may
 * @param {Context} ctx
 */
function group(outcome, templates, product, may, ctx) {
  const rows = templates.filter((x) => x.outcome === outcome);
  if (rows.length === 0) return null;
  return h(
    'section',
    null,
    h('h2', null, t(`decision.${outcome}`)),
    rows.map((x) =>
      h(
        'article',
        { class: 'card' },
        h('h3', null, x.name),
        h('p', { class: 'message-body' }, x.body),
        may &&
          h(
            'div',
            { class: 'actions' },
            h(
              'button',
              { type: 'button', onclick: act(() => write(product, x, ctx)) },
              t('common.edit'),
              h('span', { class: 'visually-hidden' }, ` : ${x.name}`),
            ),
            h(
              'button',
              { type: 'button', class: 'plain', onclick: act(() => remove(product, x, ctx)) },
              t('common.delete'),
              h('span', { class: 'visually-hidden' }, ` : ${x.name}`),
            ),
          ),
      ),
    ),
  );
}

/**
 * @param {string} product
 * @param {Contract['Template'] | null} template null: a new one
 * @param {Context} ctx
 */
async function write(product, template, ctx) {
  const fields = [
    selectField({
      name: 'outcome',
      label: t('decision.outcome'),
      value: template?.outcome ?? OUTCOMES[1],
      options: OUTCOMES.map((value) => ({ value, label: t(`decision.${value}`) })),
    }),
    textField({ name: 'name', label: t('templates.name'), value: template?.name, maxlength: 255 }),
    textArea({
      name: 'body',
      label: t('templates.body'),
      value: template?.body,
      rows: 8,
      maxlength: 20000,
    }),
  ];
  const done = await askDialog({
    title: t(template ? 'templates.edit' : 'templates.add'),
    fields,
    submit: t('common.save'),
    wrong: { 409: t('templates.name_in_use'), 412: t('token.changed_meanwhile') },
    onsubmit: async (values, { idempotencyKey }) => {
      if (template)
        await patch('/v1/products/{product}/templates/{template_id}', {
          params: { product, template_id: template.id },
          body: values,
          etag: `"${template.version}"`,
        });
      else
        await post('/v1/products/{product}/templates', {
          params: { product },
          body: values,
          idempotencyKey,
        });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('common.saved'));
}

/**
 * @param {string} product
 * @param {Contract['Template']} template
 * @param {Context} ctx
 */
async function remove(product, template, ctx) {
  const done = await askDialog({
    title: t('templates.delete', { name: template.name }),
    submit: t('common.delete'),
    danger: true,
    onsubmit: async () =>
      void (await del('/v1/products/{product}/templates/{template_id}', {
        params: { product, template_id: template.id },
      })),
  });
  if (done) await ctx.reload();
}
