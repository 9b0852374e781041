/** One file on one screen: the request with its changes marked, and beside it all that helps to decide. */
import { requestBadge } from '../../components/badge/badge.js';
import { breadcrumb } from '../../components/breadcrumb/breadcrumb.js';
import { requestView } from '../../components/request-view/request-view.js';
import { tabs } from '../../components/tabs/tabs.js';
import { loadedPart } from '../../components/loaded-part/loaded-part.js';
import { ApiError, get } from '../../lib/api.js';
import { timeElement } from '../../lib/dates.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { getProduct } from '../../lib/products.js';
import { loadNotes, sidebar } from './file/sidebar.js';
import { decisionPanel } from './file/decision.js';
import { facts } from './file/facts.js';
import { loadSince, sinceRead } from './file/since.js';
import { standing } from './file/standing.js';
import { onKey, showHelp } from './keys.js';
import { nextFile } from './next.js';
import { staffActs } from './file/acts.js';
import { proposalCard } from './file/proposal.js';
import { historyTab } from '../../components/request-history/request-history.js';
import { messagesTab } from '../../components/request-messages/request-messages.js';

const FILE_KEYS = ['n', 'd', 'm', '?'];
/** The archived ones too: what was refused before helps to decide. */
const EVERY_STATE = 'draft,submitted,changes_requested,approved,refused,revoked,archived';

/** @typedef {import('../../lib/router.js').Context} Context */
/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: ({ request }) => `${request.number} ${request.title ?? ''}`.trim(),
  load,
  render(data, ctx) {
    const { request, next } = data;
    listen(data, ctx);
    return h(
      'div',
      null,
      breadcrumb([{ href: '/instruction', text: t('queue.title') }, { text: request.number }]),
      h(
        'div',
        { class: 'page-head' },
        h('h1', null, request.title || t('requests.untitled')),
        requestBadge(request.state),
      ),
      standing(request, ctx),
      sinceRead(data),
      h(
        'p',
        { class: 'actions' },
        next &&
          h(
            'a',
            { class: 'button', href: `/instruction/${next.id}` },
            t('file.next', { number: next.number }),
          ),
        h(
          'button',
          {
            type: 'button',
            class: 'plain keys-hint',
            onclick: () => showHelp(FILE_KEYS, 'file'),
          },
          t('queue.keys'),
        ),
        staffActs(data, ctx),
      ),
      h(
        'div',
        { class: 'file-columns' },
        h('div', { class: 'file-main' }, facts(data), mainTabs(data, ctx)),
        h(
          'div',
          { class: 'file-sidebar' },
          sidebar(data, ctx, [proposalCard(data, ctx), decisionPanel(data, ctx)]),
        ),
      ),
    );
  },
};

/**
 * Loads what the first view shows; messages and history are fetched when their tab is opened.
 * @param {import('../../lib/router.js').Context} ctx
 */
async function load({ params: { id }, signal }) {
  const { data: request } = await get('/v1/requests/{id}', { params: { id }, signal });
  if (request.view !== 'full') throw new ApiError('problem', { status: 403 });
  const [product, notes, since, checks, changes, earlier, next] = await Promise.all([
    getProduct(request.product),
    loadNotes(request, signal),
    loadSince(request, signal),
    get('/v1/requests/{id}/checks', { params: { id }, signal }),
    get('/v1/requests/{id}/changes', { params: { id }, signal }),
    get('/v1/requests', {
      query: { siret: request.siret, relation: 'staff', state: EVERY_STATE, limit: 20 },
      signal,
    }),
    nextFile(id, signal),
  ]);
  return {
    request,
    product,
    notes,
    since,
    checks: checks.data,
    changes: changes.data,
    earlier: earlier.data.items.filter((r) => r.id !== id),
    hasMoreEarlier: earlier.data.next_cursor !== null,
    next,
  };
}

/**
 * @param {Loaded} data
 * @param {Context} ctx
 */
function listen({ next }, ctx) {
  onKey(ctx, (key) => {
    if (key === 'n' && next) ctx.navigate(`/instruction/${next.id}`);
    else if (key === 'd') focusDecision();
    else if (key === 'm') document.getElementById('onglet-messages')?.click();
    else if (key === '?') showHelp(FILE_KEYS, 'file');
    else return false;
    return true;
  });
}

function focusDecision() {
  /** @type {HTMLElement | null} */ (document.querySelector('#decision input'))?.focus();
}

/**
 * @param {Loaded} data
 * @param {Context} ctx
 */
function mainTabs(data, ctx) {
  const { request, product, changes } = data;
  const all = { params: { id: request.id }, query: { limit: 100 }, signal: ctx.signal };
  const former = new Map(changes.changes.map((c) => [c.pointer, c.former]));
  return tabs(ctx, t('request.tabs'), [
    {
      id: 'demande',
      label: t('request.tab_request'),
      draw: () =>
        h(
          'div',
          null,
          changes.since &&
            h(
              'p',
              null,
              t('file.changes', { count: changes.changes.length }),
              ' ',
              timeElement(changes.since),
            ),
          requestView({ product, request, former }),
        ),
    },
    {
      id: 'messages',
      label:
        request.unread_messages > 0
          ? t('request.tab_messages_unread', { count: request.unread_messages })
          : t('request.tab_messages'),
      draw: () =>
        fetched(async () => {
          const { data: messages } = await get('/v1/requests/{id}/messages', all);
          return messagesTab({ request, messages: messages.items }, ctx);
        }),
    },
    {
      id: 'historique',
      label: t('request.tab_history'),
      draw: () =>
        fetched(async () => {
          const { data: events } = await get('/v1/requests/{id}/events', all);
          return historyTab({ product, events: events.items });
        }),
    },
  ]);
}

/** The panel of a tab, fetched when it is opened. @param {() => Promise<Node>} load */
function fetched(load) {
  const { place, draw } = loadedPart(load);
  void draw();
  return place;
}
