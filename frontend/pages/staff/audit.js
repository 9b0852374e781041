/** The audit: who did what, when; append-only. */
import { selectField, textField } from '../../components/field/field.js';
import { filterForm, foundList } from '../../components/list-search/list-search.js';
import { dataTable } from '../../components/table/table.js';
import { get } from '../../lib/api.js';
import { formatCompact, formatExact } from '../../lib/dates.js';
import { personName } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { keys, t } from '../../lib/i18n.js';
import { session } from '../../lib/store.js';

/** @typedef {import('../../lib/router.js').Context} Context */

/** Enough of an identifier to tell it from its neighbours. */
const SHORT_ID = 8;

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('audit.title'),
  load,
  render(first, ctx) {
    return h(
      'div',
      null,
      h('h1', null, t('audit.title')),
      h('p', null, t('audit.text')),
      session.hasRole('admin') &&
        h('p', null, h('a', { href: '/consultations' }, t('access_log.link'))),
      filters(ctx),
      foundList({ first, more: (cursor) => readPage(ctx, cursor), draw: table, none: 'audit' }),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
function load(ctx) {
  return readPage(ctx);
}

/**
 * @param {Context} ctx
 * @param {string} [cursor]
 */
async function readPage(ctx, cursor) {
  const query = {
    action: ctx.query.get('acte'),
    object_id: ctx.query.get('objet'),
    limit: 50,
    cursor,
  };
  return (await get('/v1/audit', { query, signal: ctx.signal })).data;
}

/** @param {Context} ctx */
function filters(ctx) {
  const action = selectField({
    name: 'acte',
    label: t('audit.action'),
    optional: true,
    placeholder: t('audit.any_action'),
    options: keys('audit.acts').flatMap((kind) =>
      keys(`audit.acts.${kind}`).map((act) => ({
        value: `${kind}.${act}`,
        label: t(`audit.acts.${kind}.${act}`),
        group: t(`audit.objects.${kind}`),
      })),
    ),
    value: ctx.query.get('acte') ?? '',
  });
  const object = textField({
    name: 'objet',
    label: t('audit.object'),
    hint: t('audit.object_hint'),
    optional: true,
    value: ctx.query.get('objet') ?? '',
    autocomplete: 'off',
  });
  return filterForm(ctx, [action.element, object.element], () => ({
    acte: action.value,
    objet: object.value.trim(),
  }));
}

/** @param {Contract['AuditEntry'][]} rows */
function table(rows) {
  return dataTable({
    caption: t('audit.title'),
    rows,
    columns: [
      { label: t('audit.place'), number: true, cell: (e) => String(e.place ?? '…') },
      {
        label: t('usage.time'),
        cell: (e) => h('time', { datetime: e.at, title: formatExact(e.at) }, formatCompact(e.at)),
      },
      {
        label: t('audit.actor'),
        cell: (e) => (e.actor ? personName(e.actor) : t('audit.program')),
      },
      {
        label: t('audit.action'),
        head: true,
        cell: (e) => h('span', { title: e.action }, t(`audit.acts.${e.action}`)),
      },
      {
        label: t('audit.object'),
        cell: (e) => [
          t(`audit.objects.${e.object_type}`),
          ' ',
          e.object_id && objectLink(e.object_id),
        ],
      },
      {
        label: t('audit.details'),
        cell: (e) => Object.entries(e.details).map(detail),
      },
    ],
  });
}

/** All that was done to this object. @param {string} id */
function objectLink(id) {
  const href = `/journal?objet=${encodeURIComponent(id)}`;
  return h('a', { href, title: id }, h('code', null, id.slice(0, SHORT_ID)));
}

/** @param {[string, unknown]} entry */
function detail([name, value]) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return h('div', { class: 'small' }, h('span', { class: 'muted' }, `${name} : `), text);
}
