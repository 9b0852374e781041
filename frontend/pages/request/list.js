/** The requests of one's organisation and one's own, with filters kept in the address. */
import { badge, requestBadge } from '../../components/badge/badge.js';
import { selectField } from '../../components/field/field.js';
import { alert } from '../../components/alert/alert.js';
import { filterForm } from '../../components/list-search/list-search.js';
import { emptyState } from '../../components/page-states/page-states.js';
import { pagedList } from '../../components/pager/pager.js';
import { searchField } from '../../components/search-field/search-field.js';
import { dataTable } from '../../components/table/table.js';
import { get } from '../../lib/api.js';
import { timeElement } from '../../lib/dates.js';
import { formatSiret, personName } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { REQUEST_WORDS } from '../../lib/search.js';
import { session } from '../../lib/store.js';

/** @typedef {import('../../lib/router.js').Context} Context */

const STATES = [
  'draft',
  'submitted',
  'changes_requested',
  'approved',
  'refused',
  'revoked',
  'archived',
];

const RELATIONS = ['applicant', 'member', 'contact'];

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('requests.title'),
  load,
  render(first, ctx) {
    const filtered = ['etat', 'texte', 'qui'].some((name) => ctx.query.has(name));
    return h(
      'div',
      null,
      h(
        'div',
        { class: 'page-head' },
        h('h1', null, t('requests.title')),
        session.current && start(),
      ),
      waiting(),
      (first.items.length > 0 || filtered) && filters(ctx),
      first.items.length > 0 ? list(first, ctx) : nothing(filtered),
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
    state: ctx.query.get('etat'),
    q: REQUEST_WORDS.words(ctx.query.get('texte')),
    relation: relationOf(ctx),
    cursor,
  };
  return (await get('/v1/requests', { query, signal: ctx.signal })).data;
}

/** Staff see everybody's requests in the queue; here, like anybody, their own first. @param {Context} ctx */
function relationOf(ctx) {
  return ctx.query.get('qui') ?? (session.isStaff ? 'applicant' : null);
}

function start() {
  return h('a', { class: 'button primary', href: '/demandes/nouvelle' }, t('requests.start'));
}

function waiting() {
  if (session.current) return null;
  const suspended = session.memberships.some((m) => m.state === 'suspended');
  return alert(
    'warning',
    t(suspended ? 'requests.suspended' : 'requests.no_organisation'),
    h('p', null, h('a', { href: '/organisation' }, t('shell.my_organisation'))),
  );
}

/** @param {Context} ctx */
function filters(ctx) {
  const state = selectField({
    name: 'etat',
    label: t('requests.state'),
    optional: true,
    value: ctx.query.get('etat') ?? '',
    placeholder: t('requests.all_states'),
    options: STATES.map((value) => ({ value, label: t(`request_state.${value}`) })),
  });
  const relation = selectField({
    name: 'qui',
    label: t('requests.relation'),
    optional: true,
    value: relationOf(ctx) ?? '',
    placeholder: session.isStaff ? undefined : t('requests.relation_any'),
    options: RELATIONS.map((value) => ({ value, label: t(`requests.relation_${value}`) })),
  });
  const text = searchField({
    rule: REQUEST_WORDS,
    name: 'texte',
    label: t('requests.text'),
    value: ctx.query.get('texte') ?? '',
  });
  const form = filterForm(ctx, [state.element, relation.element, text.element], () =>
    text.isReady() ? { etat: state.value, qui: relation.value, texte: text.words } : null,
  );
  for (const field of [state, relation])
    field.control.addEventListener('change', () => form.requestSubmit());
  return form;
}

/**
 * @param {Contract['RequestSummaryPage']} first
 * @param {Context} ctx
 */
function list(first, ctx) {
  return pagedList({
    first,
    more: (cursor) => readPage(ctx, cursor),
    draw: (rows) =>
      dataTable({
        caption: t('requests.title'),
        rows,
        columns: [
          { label: t('requests.number'), cell: (r) => r.number },
          {
            label: t('requests.name'),
            head: true,
            cell: (r) =>
              h(
                'a',
                { href: `/demandes/${r.id}` },
                r.title || r.use_case_name || t('requests.untitled'),
              ),
          },
          {
            label: t('requests.state'),
            cell: (r) => [
              requestBadge(r.state),
              r.unread_messages > 0 &&
                h(
                  'div',
                  null,
                  badge('information', '✉', t('requests.unread', { count: r.unread_messages })),
                ),
            ],
          },
          {
            label: t('requests.organisation'),
            cell: (r) => r.organisation_name ?? formatSiret(r.siret),
          },
          { label: t('requests.applicant'), cell: (r) => personName(r.applicant) },
          { label: t('requests.updated'), cell: (r) => timeElement(r.updated_at) },
        ],
      }),
  });
}

/** @param {boolean} filtered */
function nothing(filtered) {
  if (filtered)
    return emptyState({
      title: t('requests.none_found'),
      text: t('requests.none_found_text'),
      action: h('a', { class: 'button', href: '/demandes' }, t('requests.clear')),
    });
  return emptyState({
    title: t('requests.none'),
    text: t('requests.none_text'),
    action: session.current && start(),
  });
}
