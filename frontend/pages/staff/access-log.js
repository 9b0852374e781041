/** Who of the staff, and which program, read or exported what: for administrators. */
import { dateField, selectField, textField } from '../../components/field/field.js';
import { filterForm, foundList } from '../../components/list-search/list-search.js';
import { searchField } from '../../components/search-field/search-field.js';
import { dataTable } from '../../components/table/table.js';
import { get } from '../../lib/api.js';
import { formatCompact, formatExact, startOfDay } from '../../lib/dates.js';
import { personName } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { keys, t } from '../../lib/i18n.js';
import { REQUEST_WORDS } from '../../lib/search.js';
import { plain } from '../../lib/typed.js';

/** @typedef {import('../../lib/router.js').Context} Context */
/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('access_log.title'),
  load,
  render(first, ctx) {
    return h(
      'div',
      null,
      h('h1', null, t('access_log.title')),
      h('p', null, t('access_log.text')),
      h('p', null, h('a', { href: '/journal' }, t('access_log.journal'))),
      filters(ctx),
      foundList({
        first,
        more: (cursor) => readPage(ctx, cursor),
        draw: table,
        none: 'access_log',
      }),
    );
  },
};

/** @param {Context} ctx */
function load(ctx) {
  return readPage(ctx);
}

/** The first moment of a day, `days` later; undefined without a day. @param {string | null} day */
function startOf(day, days = 0) {
  return day ? startOfDay(day, days) : undefined;
}

/**
 * @param {Context} ctx
 * @param {string} [cursor]
 */
async function readPage(ctx, cursor) {
  const query = {
    account: ctx.query.get('qui'),
    request: ctx.query.get('demande'),
    action: ctx.query.get('consultation'),
    searched: ctx.query.get('texte'),
    from: startOf(ctx.query.get('du')),
    to: startOf(ctx.query.get('au'), 1),
    limit: 50,
    cursor,
  };
  return (await get('/v1/access-log', { query, signal: ctx.signal })).data;
}

/** @param {Context} ctx */
function filters(ctx) {
  const text = (/** @type {string} */ name, /** @type {string} */ label) =>
    textField({
      name,
      label: t(`access_log.${label}`),
      hint: t(`access_log.${label}_hint`),
      optional: true,
      value: ctx.query.get(name) ?? '',
      autocomplete: 'off',
    });
  const day = (/** @type {string} */ name, /** @type {string} */ label) =>
    dateField({
      name,
      label: t(`access_log.${label}`),
      optional: true,
      value: ctx.query.get(name),
    });
  const who = text('qui', 'who');
  const request = text('demande', 'request');
  const searched = searchField({
    rule: REQUEST_WORDS,
    name: 'texte',
    label: t('access_log.searched'),
    hint: t('access_log.searched_hint'),
    attributes: { maxlength: 255 },
    value: ctx.query.get('texte') ?? '',
  });
  const kind = selectField({
    name: 'consultation',
    label: t('access_log.kind'),
    optional: true,
    placeholder: t('access_log.any_kind'),
    options: keys('access_log.kinds').flatMap((subject) =>
      keys(`access_log.kinds.${subject}`).map((verb) => ({
        value: `${subject}.${verb}`,
        label: t(`access_log.kinds.${subject}.${verb}`),
      })),
    ),
    value: ctx.query.get('consultation') ?? '',
  });
  const since = day('du', 'since');
  const until = day('au', 'until');
  const fields = [who, request, searched, kind, since, until].map((field) => field.element);
  return filterForm(ctx, fields, () =>
    searched.isReady()
      ? {
          qui: plain(who.value),
          demande: plain(request.value).toUpperCase(),
          texte: searched.words,
          consultation: kind.value,
          du: since.value,
          au: until.value,
        }
      : null,
  );
}

/** @param {Contract['AccessEntry'][]} rows */
function table(rows) {
  return dataTable({
    caption: t('access_log.title'),
    rows,
    columns: [
      {
        label: t('access_log.at'),
        cell: (e) => h('time', { datetime: e.at, title: formatExact(e.at) }, formatCompact(e.at)),
      },
      {
        label: t('access_log.actor'),
        cell: (e) => [
          actorName(e),
          e.actor && h('div', { class: 'small muted' }, t(`role.${e.role}`)),
        ],
      },
      {
        label: t('access_log.kind'),
        head: true,
        cell: (e) => h('span', { title: e.action }, t(`access_log.kinds.${e.action}`)),
      },
      {
        label: t('access_log.subject'),
        cell: (e) => [
          e.request && h('a', { href: `/instruction/${e.request.id}` }, e.request.number),
          Object.entries(e.details).map(detail),
        ],
      },
      {
        label: t('access_log.concerned'),
        cell: (e) => (e.concerned ? personName(e.concerned) : ''),
      },
      { label: t('access_log.address'), cell: (e) => e.address ?? '' },
    ],
  });
}

/** @param {Contract['AccessEntry']} entry */
function actorName({ actor, client }) {
  if (actor) return personName(actor);
  return client?.name
    ? t('access_log.program', { name: client.name })
    : t('access_log.deleted_program');
}

/** @param {[string, unknown]} entry */
function detail([name, value]) {
  if (String(value).startsWith('hmac:')) {
    return h('div', { class: 'small muted', title: value }, t('access_log.digest'));
  }
  return h('div', { class: 'small' }, h('span', { class: 'muted' }, `${name} : `), String(value));
}
