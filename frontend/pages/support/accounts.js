/** Support and administrators look up an account. */
import { accountBadge } from '../../components/badge/badge.js';
import { textField } from '../../components/field/field.js';
import { filterForm, foundList } from '../../components/list-search/list-search.js';
import { dataTable } from '../../components/table/table.js';
import { get } from '../../lib/api.js';
import { dayElement } from '../../lib/dates.js';
import { personName } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { WORDS } from '../../lib/search.js';

/** @typedef {import('../../lib/router.js').Context} Context */

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('accounts.title'),
  load,
  render(found, ctx) {
    return h(
      'div',
      null,
      h('h1', null, t('accounts.title')),
      h('p', { class: 'lead' }, t('accounts.text')),
      search(ctx),
      found && results(found, ctx),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load(ctx) {
  return WORDS.words(ctx.query.get('q')) ? readPage(ctx) : null;
}

/**
 * @param {Context} ctx
 * @param {string} [cursor]
 */
async function readPage(ctx, cursor) {
  const query = { q: ctx.query.get('q') ?? '', cursor };
  return (await get('/v1/accounts', { query, signal: ctx.signal })).data;
}

/** @param {Context} ctx */
function search(ctx) {
  const words = textField({
    name: 'q',
    label: t('support.search'),
    hint: t('accounts.search_hint'),
    value: ctx.query.get('q') ?? '',
    autocomplete: 'off',
  });
  return filterForm(ctx, words.element, () => {
    const q = WORDS.words(words.value);
    words.setError(q ? null : t('accounts.too_short'));
    return q ? { q } : null;
  });
}

/**
 * @param {Contract['AccountSummaryPage']} found
 * @param {Context} ctx
 */
function results(found, ctx) {
  return [
    h('h2', null, t('accounts.found', { words: ctx.query.get('q') ?? '' })),
    foundList({
      first: found,
      more: (cursor) => readPage(ctx, cursor),
      draw: table,
      none: 'accounts',
    }),
  ];
}

/** @param {Contract['AccountSummary'][]} rows */
function table(rows) {
  return dataTable({
    caption: t('accounts.title'),
    rows,
    columns: [
      {
        label: t('organisation.person'),
        head: true,
        cell: (a) => h('a', { href: `/comptes/${a.id}` }, personName(a)),
      },
      { label: t('login.email'), cell: (a) => a.email },
      { label: t('accounts.state'), whole: true, cell: (a) => accountBadge(a.state) },
      {
        label: t('staff.role'),
        cell: (a) => a.roles.map((r) => h('div', null, t(`role.${r.role}`))),
      },
      {
        label: t('accounts.last_login'),
        cell: (a) => (a.last_login_at ? dayElement(a.last_login_at) : t('accounts.never')),
      },
    ],
  });
}
