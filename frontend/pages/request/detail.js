/** One request: state, what is expected from whom, what one may do, and everything about it in tabs. */
import { alert } from '../../components/alert/alert.js';
import { requestBadge } from '../../components/badge/badge.js';
import { breadcrumb } from '../../components/breadcrumb/breadcrumb.js';
import { fieldValue, requestView } from '../../components/request-view/request-view.js';
import { summaryList } from '../../components/summary-list/summary-list.js';
import { tabs } from '../../components/tabs/tabs.js';
import { get } from '../../lib/api.js';
import { settled } from '../../lib/autosave.js';
import { dayElement } from '../../lib/dates.js';
import { formatFormer, formatSiret, personName } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { findField, getIn, pointerOf, useCaseOf } from '../../lib/product-form.js';
import { getProduct } from '../../lib/products.js';
import { requestActs, tokenLink } from './detail/acts.js';
import { expectation } from './detail/expectation.js';
import { habilitationsTab, tokenTab } from './detail/access.js';
import { takeoverNotice } from '../../components/request-acts/request-acts.js';
import { historyTab } from '../../components/request-history/request-history.js';
import { messagesTab } from '../../components/request-messages/request-messages.js';

/** Fields shown to a contact, who needs them for the register of processing. */
const CONTACT_FIELDS = [
  'description',
  'legal_basis.text',
  'legal_basis.url',
  'scopes',
  'recipients',
  'retention_months',
];

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */
/** @typedef {Loaded & {request: Contract['Request']}} Full what the applicant and their organisation see */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: ({ request }) => `${request.number} ${request.title ?? ''}`.trim(),
  load,
  render(data, ctx) {
    const { request } = data;
    const full = request.view === 'full' ? { ...data, request } : null;
    const summary = request.view === 'summary' ? { ...data, request } : null;
    return h(
      'div',
      null,
      breadcrumb([{ href: '/demandes', text: t('requests.title') }, { text: request.number }]),
      ctx.query.has('envoyee') && alert('good', t('request.sent')),
      h(
        'div',
        { class: 'page-head' },
        h('h1', null, request.title || t('requests.untitled')),
        requestBadge(request.state),
      ),
      full &&
        !full.request.applicant_valid &&
        alert(
          'warning',
          t('request.no_applicant', { name: personName(request.applicant) }),
          full.request.permissions.includes('take_over') &&
            h('p', null, t('request.no_applicant_take_over')),
        ),
      full && takeoverNotice(full.request, ctx),
      expectation(data),
      full && [requestActs(full, ctx), content(full, ctx)],
      summary && summaryOnly(summary),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load({ params: { id }, signal }) {
  await settled(id);
  const { data: request } = await get('/v1/requests/{id}', { params: { id }, signal });
  const [product, parts] = await Promise.all([
    getProduct(request.product),
    request.view === 'full' ? loadFull(request, signal) : loadSummary(request, signal),
  ]);
  return { request, product, ...parts };
}

/**
 * @param {Contract['Request']} request
 * @param {AbortSignal} signal
 */
async function loadFull(request, signal) {
  const all = { params: { id: request.id }, query: { limit: 100 }, signal };
  const [events, messages, decisions, habilitations] = await Promise.all([
    get('/v1/requests/{id}/events', all),
    get('/v1/requests/{id}/messages', all),
    get('/v1/requests/{id}/decisions', all),
    request.habilitation_id
      ? get('/v1/habilitations', { query: { limit: 100, request_id: request.id }, signal })
      : null,
  ]);
  return {
    tokenId: request.token_id,
    events: events.data.items,
    messages: messages.data.items,
    decisions: decisions.data.items,
    habilitations: habilitations?.data.items ?? [],
  };
}

/**
 * A summary has no token id: the contact's own list of tokens says whether there is one.
 * @param {Contract['RequestContactSummary']} request
 * @param {AbortSignal} signal
 */
async function loadSummary(request, signal) {
  const query = { limit: 1, request_id: request.id };
  const tokens = request.state === 'approved' ? await get('/v1/tokens', { query, signal }) : null;
  return {
    tokenId: tokens?.data.items[0]?.id ?? null,
    events: [],
    messages: [],
    decisions: [],
    habilitations: [],
  };
}

/**
 * @param {Full} data
 * @param {import('../../lib/router.js').Context} ctx
 */
function content(data, ctx) {
  const { request, product } = data;
  return tabs(ctx, t('request.tabs'), [
    {
      id: 'demande',
      label: t('request.tab_request'),
      draw: () => h('div', null, facts(data), requestView({ product, request })),
    },
    {
      id: 'messages',
      label:
        request.unread_messages > 0
          ? t('request.tab_messages_unread', { count: request.unread_messages })
          : t('request.tab_messages'),
      draw: () => messagesTab(data, ctx),
    },
    { id: 'historique', label: t('request.tab_history'), draw: () => historyTab(data) },
    {
      id: 'habilitations',
      label: t('request.tab_habilitations'),
      draw: () => habilitationsTab(data),
    },
    { id: 'jeton', label: t('request.tab_token'), draw: () => tokenTab(data) },
  ]);
}

/** @param {Full} data */
function facts({ request, product }) {
  return summaryList([
    [t('requests.number'), request.number],
    [t('request.product'), product.name],
    [t('request.use_case'), useCaseOf(product, request)?.name ?? request.use_case],
    [
      t('requests.organisation'),
      `${request.organisation.name ?? ''} (${formatSiret(request.siret)})`,
    ],
    [t('requests.applicant'), personName(request.applicant)],
    [t('request.created'), dayElement(request.created_at)],
    request.submitted_at && [t('request.submitted'), dayElement(request.submitted_at)],
    request.decided_at && [t('request.decided'), dayElement(request.decided_at)],
    request.former && [t('request.former'), formatFormer(request.former)],
  ]);
}

/**
 * What a contact sees.
 * @param {Loaded & {request: Contract['RequestContactSummary']}} data
 */
function summaryOnly({ request, product, tokenId }) {
  return [
    request.state === 'approved' && h('p', null, tokenLink(tokenId)),
    alert('information', t('request.contact_view')),
    summaryList([
      [t('requests.number'), request.number],
      [t('request.use_case'), request.use_case_name],
      [t('requests.organisation'), request.organisation_name ?? formatSiret(request.siret)],
      [t('requests.applicant'), personName(request.applicant)],
      [t('requests.updated'), dayElement(request.updated_at)],
      ...CONTACT_FIELDS.map((name) => {
        const field = findField(product, pointerOf(name))?.field;
        /** @type {[string, Children] | null} */
        const row = field ? [field.label, fieldValue(field, getIn(request, name), product)] : null;
        return row;
      }),
    ]),
  ];
}
