/** Who of the staff may do what: roles granted and withdrawn. */
import { act } from '../../components/act/act.js';
import { alert } from '../../components/alert/alert.js';
import { askDialog } from '../../components/dialog/dialog.js';
import { selectField, textField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { pagedList } from '../../components/pager/pager.js';
import { dataTable } from '../../components/table/table.js';
import { del, get, post } from '../../lib/api.js';
import { dayElement } from '../../lib/dates.js';
import { announce } from '../../lib/focus.js';
import { personName } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { listProducts } from '../../lib/products.js';
import { session } from '../../lib/store.js';

/** @typedef {import('../../lib/router.js').Context} Context */

/** @type {Contract['Role'][]} */
const PRODUCT_ROLES = ['reporter', 'instructor', 'manager'];
/** @type {Contract['Role'][]} */
const PLATFORM_ROLES = ['support', 'admin'];

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('staff.title'),
  load,
  render({ grants, products }, ctx) {
    return h(
      'div',
      null,
      h('h1', null, t('staff.title')),
      h('p', null, t('staff.text')),
      h('p', null, h('a', { href: '/journal' }, t('access_log.journal'))),
      pagedList({
        first: grants,
        more: async (cursor) => (await get('/v1/staff', { query: { cursor, limit: 100 } })).data,
        draw: (rows) => table(rows, products, ctx),
      }),
      grantForm(products, ctx),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load(ctx) {
  const [grants, products] = await Promise.all([
    get('/v1/staff', { query: { limit: 100 }, signal: ctx.signal }),
    listProducts(),
  ]);
  return { grants: grants.data, products };
}

/**
 * @param {Contract['Grant'][]} rows
 * @param {Contract['ProductSummary'][]} products
 * @param {Context} ctx
 */
function table(rows, products, ctx) {
  const names = new Map(products.map((p) => [p.id, p.name]));
  return dataTable({
    caption: t('staff.title'),
    rows,
    columns: [
      {
        label: t('organisation.person'),
        head: true,
        cell: (g) =>
          session.hasRole('admin')
            ? h('a', { href: `/comptes/${g.account.id}` }, personName(g.account))
            : personName(g.account),
      },
      { label: t('login.email'), cell: (g) => g.account.email },
      { label: t('staff.role'), whole: true, cell: (g) => t(`role.${g.role}`) },
      {
        label: t('request.product'),
        whole: true,
        cell: (g) => (g.product ? (names.get(g.product) ?? g.product) : t('staff.platform')),
      },
      {
        label: t('staff.granted'),
        cell: (g) => [dayElement(g.granted_at), g.granted_by && ` – ${personName(g.granted_by)}`],
      },
      {
        label: t('organisation.act'),
        cell: (g) =>
          g.account.id === session.me.id
            ? h('span', { class: 'muted' }, t('staff.own_role'))
            : h(
                'button',
                { type: 'button', class: 'plain', onclick: act(() => withdraw(g, ctx)) },
                t('staff.withdraw'),
                h('span', { class: 'visually-hidden' }, ` : ${personName(g.account)}`),
              ),
      },
    ],
  });
}

/**
 * @param {Contract['Grant']} grant
 * @param {Context} ctx
 */
async function withdraw(grant, ctx) {
  const name = personName(grant.account);
  const done = await askDialog({
    title: t('staff.withdraw_title', { name, role: t(`role.${grant.role}`) }),
    content: alert('warning', t('staff.withdraw_text')),
    submit: t('staff.withdraw'),
    danger: true,
    onsubmit: async () => {
      const body = { email: grant.account.email, role: grant.role, product: grant.product };
      await del('/v1/staff', { body });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('staff.withdrawn', { name }));
}

/**
 * @param {Contract['ProductSummary'][]} products
 * @param {Context} ctx
 */
function grantForm(products, ctx) {
  const email = textField({
    name: 'email',
    type: 'email',
    label: t('login.email'),
    hint: t('staff.email_hint'),
    autocomplete: 'off',
    inputmode: 'email',
  });
  const roles = session.hasRole('admin') ? [...PRODUCT_ROLES, ...PLATFORM_ROLES] : PRODUCT_ROLES;
  const product = selectField({
    name: 'product',
    label: t('request.product'),
    options: products.map((p) => ({ value: p.id, label: p.name })),
  });
  const role = selectField({
    name: 'role',
    label: t('staff.role'),
    hint: t('staff.role_hint'),
    options: roles.map((value) => ({ value, label: t(`role.${value}`) })),
    oninput: (value) => {
      product.element.hidden = PLATFORM_ROLES.includes(value);
    },
  });
  const form = createForm({
    fields: [email, role, product],
    submit: t('staff.grant'),
    onsubmit: async (values, { idempotencyKey }) => {
      const body = {
        email: values.email,
        role: values.role,
        ...(PRODUCT_ROLES.includes(values.role) ? { product: values.product } : {}),
      };
      await post('/v1/staff', { body, idempotencyKey });
      await ctx.reload();
      announce(t('staff.granted_to', { email: values.email }));
    },
  });
  return h('section', null, h('h2', null, t('staff.grant_title')), form.element);
}
