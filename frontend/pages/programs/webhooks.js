/** Webhooks: where events are posted, what came of each attempt, and posting again. */
import { alert } from '../../components/alert/alert.js';
import { badge } from '../../components/badge/badge.js';
import { askDialog } from '../../components/dialog/dialog.js';
import { choiceField, selectField, textField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { loadedPart } from '../../components/loaded-part/loaded-part.js';
import { emptyState, errorBox } from '../../components/page-states/page-states.js';
import { summaryList } from '../../components/summary-list/summary-list.js';
import { dataTable } from '../../components/table/table.js';
import { ApiError, del, get, patch, post } from '../../lib/api.js';
import { timeElement } from '../../lib/dates.js';
import { announce, focusOn } from '../../lib/focus.js';
import { formatMs, formatSiret } from '../../lib/format.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { listProducts } from '../../lib/products.js';
import { session } from '../../lib/store.js';
import { onceShown, secretButton, secretRows } from './secrets.js';

const PATH = '/v1/webhooks';
const EVENTS = [
  'request.created',
  'request.updated',
  'request.submitted',
  'request.changes_requested',
  'request.approved',
  'request.refused',
  'request.revoked',
  'request.reopened',
  'request.reopening_cancelled',
  'request.archived',
  'request.transferred',
  'request.assigned',
  'request.deleted',
  'request.message_posted',
  'token.created',
  'token.prolonged',
  'token.rotated',
  'token.revealed',
  'token.shared',
  'token.addresses_changed',
  'token.expiring',
  'token.revoked',
];

/**
 * @param {any[]} products
 * @param {any} webhook
 */
function nameOf(products, webhook) {
  return products.find((p) => p.id === webhook.product)?.name ?? webhook.product;
}

/** @param {import('../../lib/router.js').Context} ctx */
export function webhooksPanel(ctx) {
  const secret = h('div', null);
  const making = h('div', null);
  const { place, draw } = loadedPart(async () => {
    const [webhooks, products] = await Promise.all([
      get(PATH, { query: { limit: 100 }, signal: ctx.signal }),
      listProducts(),
    ]);
    if (making.childElementCount === 0) replaceChildren(making, creation(products, show, draw));
    return webhooks.data.items.length === 0
      ? emptyState({ title: t('webhooks.none'), text: t('webhooks.none_text') })
      : webhooks.data.items.map((/** @type {any} */ w) =>
          card(w, nameOf(products, w), { draw, show }),
        );
  });

  /** @param {string} url @param {string} value */
  function show(url, value) {
    const box = onceShown(t('webhooks.url'), url, value);
    replaceChildren(secret, box);
    focusOn(box);
  }

  void draw();
  return h('div', null, h('p', null, t('webhooks.text')), secret, place, making);
}

/**
 * @param {any} webhook
 * @param {string} product its name
 * @param {{draw: () => Promise<void>, show: (url: string, value: string) => void}} acts
 */
function card(webhook, product, { draw, show }) {
  const path = `${PATH}/${webhook.id}`;
  const attempts = h('details', null, h('summary', null, t('webhooks.attempts')));
  attempts.addEventListener('toggle', () => void drawAttempts(attempts, path));
  return h(
    'article',
    { class: 'card' },
    h('h2', null, webhook.url),
    h(
      'p',
      null,
      webhook.enabled
        ? badge('good', '✓', t('webhooks.enabled'))
        : badge('bad', '⊘', t('webhooks.disabled')),
      webhook.disabled_reason && ` ${webhook.disabled_reason}`,
    ),
    summaryList([
      [t('request.product'), product],
      [t('clients.for'), webhook.siret ? formatSiret(webhook.siret) : t('webhooks.for_product')],
      [
        t('webhooks.events'),
        webhook.events.map((/** @type {string} */ e) => [h('code', null, e), ' ']),
      ],
      [t('webhooks.last_success'), timeElement(webhook.last_success_at)],
      [t('webhooks.last_failure'), timeElement(webhook.last_failure_at)],
      ...secretRows(path, webhook.secrets, draw),
    ]),
    attempts,
    h(
      'div',
      { class: 'actions' },
      secretButton(path, webhook.secrets, { draw, show: (value) => show(webhook.url, value) }),
      h(
        'button',
        { type: 'button', onclick: () => void toggle(webhook, draw) },
        t(webhook.enabled ? 'webhooks.disable' : 'webhooks.enable'),
      ),
      h(
        'button',
        { type: 'button', class: 'plain', onclick: () => void remove(path, draw) },
        t('common.delete'),
        h('span', { class: 'visually-hidden' }, ` : ${webhook.url}`),
      ),
    ),
  );
}

/**
 * @param {any} webhook
 * @param {() => Promise<void>} draw
 */
async function toggle(webhook, draw) {
  const body = { enabled: !webhook.enabled };
  await patch(`${PATH}/${webhook.id}`, body, { etag: `"${webhook.version}"` });
  await draw();
}

/**
 * @param {string} path
 * @param {() => Promise<void>} draw
 */
async function remove(path, draw) {
  await askDialog({
    title: t('webhooks.delete'),
    content: alert('warning', t('webhooks.delete_text')),
    submit: t('common.delete'),
    danger: true,
    onsubmit: async () => void (await del(path)),
  });
  await draw();
}

/**
 * @param {HTMLDetailsElement} place
 * @param {string} path
 */
async function drawAttempts(place, path) {
  if (!place.open) return;
  const summary = h('summary', null, t('webhooks.attempts'));
  try {
    const { data } = await get(`${path}/attempts`, { query: { limit: 50 } });
    replaceChildren(
      place,
      summary,
      data.items.length === 0
        ? h('p', null, t('webhooks.no_attempt'))
        : attemptTable(data.items, (id) => void replay(place, path, id)),
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    replaceChildren(
      place,
      summary,
      errorBox(error, () => void drawAttempts(place, path)),
    );
  }
}

/**
 * @param {HTMLDetailsElement} place
 * @param {string} path
 * @param {string} id
 */
async function replay(place, path, id) {
  await post(`${path}/attempts/${id}/replay`);
  announce(t('webhooks.replayed'));
  await drawAttempts(place, path);
}

/** @type {Record<string, [string, string]>} */
const ATTEMPT_BADGES = {
  pending: ['information', '●'],
  delivered: ['good', '✓'],
  failed: ['bad', '✕'],
};

/**
 * @param {any[]} rows
 * @param {(id: string) => void} onReplay
 */
function attemptTable(rows, onReplay) {
  return dataTable({
    caption: t('webhooks.attempts'),
    rows,
    columns: [
      { label: t('usage.at'), cell: (a) => timeElement(a.at) },
      {
        label: t('webhooks.event'),
        head: true,
        cell: (a) =>
          h(
            'details',
            null,
            h('summary', null, a.event),
            summaryList([
              [t('webhooks.event_id'), h('code', null, a.event_id)],
              [t('webhooks.sent'), h('code', null, a.request_body)],
              [t('webhooks.answer'), a.response_excerpt ?? a.error],
            ]),
          ),
      },
      {
        label: t('tokens.state'),
        cell: (a) => [
          badge(...ATTEMPT_BADGES[a.state], t(`webhooks.${a.state}`)),
          a.status && ` ${a.status}`,
        ],
      },
      {
        label: t('calls.duration'),
        number: true,
        cell: (a) => formatMs(a.duration_ms),
      },
      {
        label: t('organisation.act'),
        cell: (a) =>
          h(
            'button',
            { type: 'button', class: 'plain', onclick: () => onReplay(a.id) },
            t('webhooks.replay'),
          ),
      },
    ],
  });
}

/**
 * @param {any[]} products
 * @param {(url: string, value: string) => void} show
 * @param {() => Promise<void>} draw
 */
function creation(products, show, draw) {
  const form = createForm({
    fields: [
      selectField({
        name: 'product',
        label: t('request.product'),
        value: products[0]?.id,
        options: products.map((p) => ({ value: p.id, label: p.name })),
      }),
      ...(session.current && session.hasRole('manager')
        ? [
            selectField({
              name: 'whose',
              label: t('clients.for'),
              pointer: '/siret',
              options: [
                {
                  value: 'own',
                  label: session.current.organisation_name ?? formatSiret(session.current.siret),
                },
                { value: 'all', label: t('webhooks.for_product') },
              ],
            }),
          ]
        : []),
      textField({
        name: 'url',
        type: 'url',
        label: t('webhooks.url'),
        hint: t('webhooks.url_hint'),
        inputmode: 'url',
        autocomplete: 'off',
      }),
      choiceField({
        name: 'events',
        label: t('webhooks.events'),
        multiple: true,
        options: EVENTS.map((value) => ({
          value,
          label: t(`webhook_event.${value.replace('.', '_')}`),
          hint: h('code', null, value),
        })),
      }),
    ],
    submit: t('webhooks.create'),
    onsubmit: async ({ whose, ...values }, { idempotencyKey }) => {
      const siret = whose === 'all' ? null : (session.current?.siret ?? null);
      const body = { ...values, siret };
      const { data } = await post(PATH, body, { idempotencyKey });
      show(data.webhook.url, data.secret);
      await draw();
    },
  });
  return h('section', null, h('h2', null, t('webhooks.create_title')), form.element);
}
