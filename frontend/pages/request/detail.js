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
import { formatSiret, personName } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { findField, getIn, pointerOf, useCaseOf } from '../../lib/product-form.js';
import { getProduct } from '../../lib/products.js';
import { requestActs, tokenLink } from './detail/acts.js';
import { expectation } from './detail/expectation.js';
import { habilitationsTab, tokenTab } from './detail/access.js';
import { historyTab } from '../../components/request-history/request-history.js';
import { messagesTab } from '../../components/request-messages/request-messages.js';

/** What a contact needs for the register of processing. */
const TOLD_TO_CONTACTS = [
  'description',
  'legal_basis.text',
  'legal_basis.url',
  'scopes',
  'recipients',
  'retention_months',
];

/** @type {import('../../lib/router.js').Page} */
export default {
  title: ({ request }) => `${request.number} ${request.title ?? ''}`.trim(),
  async load({ params, signal }) {
    const path = `/v1/requests/${params.id}`;
    await settled(path);
    const { data: request } = await get(path, { signal });
    const all = { query: { limit: 100 }, signal };
    const full = request.view === 'full';
    const [product, events, messages, decisions, habilitations, tokens] = await Promise.all([
      getProduct(request.product),
      full ? get(`${path}/events`, all) : null,
      full ? get(`${path}/messages`, all) : null,
      full ? get(`${path}/decisions`, all) : null,
      request.habilitation_id
        ? get('/v1/habilitations', { query: { limit: 100, request_id: request.id }, signal })
        : null,
      !full && request.state === 'approved'
        ? get('/v1/tokens', { query: { limit: 1, request_id: request.id }, signal })
        : null,
    ]);
    return {
      path,
      // A summary does not name the token: a contact's own list tells whether there is one to see.
      request: { token_id: tokens?.data.items[0]?.id ?? null, ...request },
      product,
      events: events?.data.items ?? [],
      messages: messages?.data.items ?? [],
      decisions: decisions?.data.items ?? [],
      habilitations: habilitations?.data.items ?? [],
    };
  },
  render(data, ctx) {
    const { request } = data;
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
      expectation(data),
      request.view === 'full' ? [requestActs(data, ctx), content(data, ctx)] : summaryOnly(data),
    );
  },
};

/**
 * @param {any} data
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

/** @param {any} data */
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
  ]);
}

/** @param {any} data what a contact may see */
function summaryOnly({ request, product }) {
  return [
    request.state === 'approved' && h('p', null, tokenLink(request)),
    alert('information', t('request.contact_view')),
    summaryList([
      [t('requests.number'), request.number],
      [t('request.use_case'), request.use_case_name],
      [t('requests.organisation'), request.organisation_name ?? formatSiret(request.siret)],
      [t('requests.applicant'), personName(request.applicant)],
      [t('requests.updated'), dayElement(request.updated_at)],
      ...TOLD_TO_CONTACTS.map((name) => {
        const { field } = /** @type {any} */ (findField(product, pointerOf(name)));
        return /** @type {[string, any]} */ ([
          field.label,
          fieldValue(field, getIn(request, name), product),
        ]);
      }),
    ]),
  ];
}
