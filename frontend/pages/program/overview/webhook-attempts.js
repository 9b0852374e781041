/** What came of each delivery of a webhook, and sending it again. */
import { act } from '../../../components/act/act.js';
import { badge } from '../../../components/badge/badge.js';
import { errorBox } from '../../../components/page-states/page-states.js';
import { summaryList } from '../../../components/summary-list/summary-list.js';
import { dataTable } from '../../../components/table/table.js';
import { ApiError, get, post } from '../../../lib/api.js';
import { timeElement } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { formatMs } from '../../../lib/format.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/**
 * @param {HTMLDetailsElement} place
 * @param {string} webhookId
 */
export async function drawAttempts(place, webhookId) {
  if (!place.open) return;
  const summary = h('summary', null, t('webhooks.attempts'));
  try {
    const { data } = await get('/v1/webhooks/{id}/attempts', {
      params: { id: webhookId },
      query: { limit: 50 },
    });
    replaceChildren(
      place,
      summary,
      data.items.length === 0
        ? h('p', null, t('webhooks.no_attempt'))
        : attemptTable(data.items, (id) => replay(place, webhookId, id)),
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    replaceChildren(
      place,
      summary,
      errorBox(error, () => void drawAttempts(place, webhookId)),
    );
  }
}

/**
 * @param {HTMLDetailsElement} place
 * @param {string} webhookId
 * @param {string} id
 */
async function replay(place, webhookId, id) {
  await post('/v1/webhooks/{id}/attempts/{attempt_id}/replay', {
    params: { id: webhookId, attempt_id: id },
  });
  announce(t('webhooks.replayed'));
  await drawAttempts(place, webhookId);
}

/** @type {Record<string, [string, string]>} */
const ATTEMPT_BADGES = {
  pending: ['information', '●'],
  delivered: ['good', '✓'],
  failed: ['bad', '✕'],
};

/**
 * @param {Contract['WebhookAttempt'][]} rows
 * @param {(id: string) => Promise<void>} onReplay
 */
function attemptTable(rows, onReplay) {
  return dataTable({
    caption: t('webhooks.attempts'),
    rows,
    columns: [
      { label: t('usage.time'), cell: (a) => timeElement(a.at) },
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
            { type: 'button', class: 'plain', onclick: act(() => onReplay(a.id)) },
            t('webhooks.replay'),
          ),
      },
    ],
  });
}
