/** Webhooks: where events are posted, what came of each attempt, and posting again. */
import { act } from '../../../components/act/act.js';
import { alert } from '../../../components/alert/alert.js';
import { badge } from '../../../components/badge/badge.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { loadedPart } from '../../../components/loaded-part/loaded-part.js';
import { emptyState } from '../../../components/page-states/page-states.js';
import { summaryList } from '../../../components/summary-list/summary-list.js';
import { del, get, patch } from '../../../lib/api.js';
import { timeElement } from '../../../lib/dates.js';
import { focusOn } from '../../../lib/focus.js';
import { formatSiret } from '../../../lib/format.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { listProducts } from '../../../lib/products.js';
import { onceShown, secretButton, secretRows } from './secrets.js';
import { drawAttempts } from './webhook-attempts.js';
import { creation } from './webhook-creation.js';

/**
 * @param {Contract['ProductSummary'][]} products
 * @param {Contract['Webhook']} webhook
 */
function nameOf(products, webhook) {
  return products.find((p) => p.id === webhook.product)?.name ?? webhook.product;
}

/** @param {import('../../../lib/router.js').Context} ctx */
export function webhooksPanel(ctx) {
  const secret = h('div', null);
  const making = h('div', null);
  const { place, draw } = loadedPart(async () => {
    const [webhooks, products] = await Promise.all([
      get('/v1/webhooks', { query: { limit: 100 }, signal: ctx.signal }),
      listProducts(),
    ]);
    if (making.childElementCount === 0) replaceChildren(making, creation(products, show, draw));
    return webhooks.data.items.length === 0
      ? emptyState({ title: t('webhooks.none'), text: t('webhooks.none_text') })
      : webhooks.data.items.map((w) => card(w, nameOf(products, w), { draw, show }));
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
 * @param {Contract['Webhook']} webhook
 * @param {string} product its name
 * @param {{draw: () => Promise<void>, show: (url: string, value: string) => void}} acts
 */
function card(webhook, product, { draw, show }) {
  const attempts = h('details', null, h('summary', null, t('webhooks.attempts')));
  attempts.addEventListener('toggle', () => void drawAttempts(attempts, webhook.id));
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
      [
        t('clients.acts_for'),
        webhook.siret ? formatSiret(webhook.siret) : t('webhooks.acts_for_product'),
      ],
      [
        t('webhooks.events'),
        webhook.events.map((/** @type {string} */ e) => [h('code', null, e), ' ']),
      ],
      [t('webhooks.last_success'), timeElement(webhook.last_success_at)],
      [t('webhooks.last_failure'), timeElement(webhook.last_failure_at)],
      ...secretRows({ kind: 'webhooks', id: webhook.id }, webhook.secrets, draw),
    ]),
    attempts,
    h(
      'div',
      { class: 'actions' },
      secretButton({ kind: 'webhooks', id: webhook.id }, webhook.secrets, {
        draw,
        show: (value) => show(webhook.url, value),
      }),
      h(
        'button',
        { type: 'button', onclick: act(() => toggle(webhook, draw)) },
        t(webhook.enabled ? 'webhooks.disable' : 'webhooks.enable'),
      ),
      h(
        'button',
        { type: 'button', class: 'plain', onclick: act(() => remove(webhook.id, draw)) },
        t('common.delete'),
        h('span', { class: 'visually-hidden' }, ` : ${webhook.url}`),
      ),
    ),
  );
}

/**
 * @param {Contract['Webhook']} webhook
 * @param {() => Promise<void>} draw
 */
async function toggle(webhook, draw) {
  const body = { enabled: !webhook.enabled };
  await patch('/v1/webhooks/{id}', {
    params: { id: webhook.id },
    body,
    etag: `"${webhook.version}"`,
  });
  await draw();
}

/**
 * @param {string} id
 * @param {() => Promise<void>} draw
 */
async function remove(id, draw) {
  await askDialog({
    title: t('webhooks.delete'),
    content: alert('warning', t('webhooks.delete_text')),
    submit: t('common.delete'),
    danger: true,
    onsubmit: async () => void (await del('/v1/webhooks/{id}', { params: { id } })),
  });
  await draw();
}
