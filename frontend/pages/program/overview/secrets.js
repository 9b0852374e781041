/** Secrets of a client or a webhook: shown once, two at most, so that one is replaced without a gap. */
import { act } from '../../../components/act/act.js';
import { alert } from '../../../components/alert/alert.js';
import { copyButton } from '../../../components/copy-button/copy-button.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { dateField } from '../../../components/field/field.js';
import { summaryList } from '../../../components/summary-list/summary-list.js';
import { del, post } from '../../../lib/api.js';
import { dayElement, endOfDay, timeElement } from '../../../lib/dates.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

const SECRETS_MAX = 2;

/** @typedef {{kind: 'clients' | 'webhooks', id: string}} Owner */

/**
 * A secret that the server will not tell again.
 * @param {string} label
 * @param {string} id
 * @param {string} value
 */
export function onceShown(label, id, value) {
  return h(
    'div',
    { class: 'card', tabindex: '-1' },
    alert('warning', t('clients.secret_shown_once')),
    summaryList([
      [label, h('code', null, id)],
      [t('clients.secret'), h('code', null, value), copyButton(() => value)],
    ]),
  );
}

/**
 * The end of a day that a field gave, as the server takes it; null where none was.
 * @param {string | null} day
 */
export function endOf(day) {
  return day ? endOfDay(day) : null;
}

/**
 * Rows of a summary list, one a secret, with the act that drops it where another is left.
 * @param {Owner} owner
 * @param {{id: string, created_at: string, last_used_at: string | null, expires_at?: string | null}[]} secrets
 * @param {() => Promise<void>} draw
 * @returns {[Child, Children, Children][]}
 */
export function secretRows(owner, secrets, draw) {
  return secrets.map((secret) => [
    t('clients.secret'),
    [
      t('clients.secret_created'),
      ' ',
      timeElement(secret.created_at),
      ', ',
      secret.last_used_at
        ? [t('clients.secret_used'), ' ', timeElement(secret.last_used_at)]
        : t('clients.secret_unused'),
      secret.expires_at && [', ', t('clients.secret_ends'), ' ', dayElement(secret.expires_at)],
    ],
    secrets.length > 1 &&
      h(
        'button',
        { type: 'button', class: 'plain', onclick: act(() => dropSecret(owner, secret.id, draw)) },
        t('clients.drop_secret'),
      ),
  ]);
}

/**
 * The button that adds a second one; null where there are two.
 * @param {Owner} owner
 * @param {unknown[]} secrets
 * @param {{draw: () => Promise<void>, show: (value: string) => void}} acts
 */
export function secretButton(owner, secrets, acts) {
  return secrets.length < SECRETS_MAX
    ? h(
        'button',
        { type: 'button', onclick: act(() => addSecret(owner, acts)) },
        t('clients.add_secret'),
      )
    : null;
}

/**
 * @param {Owner} owner
 * @param {{draw: () => Promise<void>, show: (value: string) => void}} acts
 */
async function addSecret(owner, { draw, show }) {
  const end = dateField({
    name: 'expires_at',
    label: t('clients.secret_end'),
    hint: t('clients.secret_end_hint'),
    optional: true,
  });
  const hasEnd = owner.kind === 'clients';
  await askDialog({
    title: t('clients.add_secret'),
    content: h('p', null, t('clients.add_secret_text')),
    fields: hasEnd ? [end] : [],
    submit: t('clients.add_secret'),
    onsubmit: async (_values, { idempotencyKey }) => {
      const { data } = await post(`/v1/${owner.kind}/{id}/secrets`, {
        params: { id: owner.id },
        ...(hasEnd ? { body: { expires_at: endOf(end.value) } } : {}),
        idempotencyKey,
      });
      show(data.secret);
    },
  });
  await draw();
}

/**
 * @param {Owner} owner
 * @param {string} secretId
 * @param {() => Promise<void>} draw
 */
async function dropSecret(owner, secretId, draw) {
  await askDialog({
    title: t('clients.drop_secret'),
    content: alert('warning', t('clients.drop_secret_text')),
    submit: t('clients.drop_secret'),
    danger: true,
    onsubmit: async () =>
      void (await del(`/v1/${owner.kind}/{id}/secrets/{secret_id}`, {
        params: { id: owner.id, secret_id: secretId },
      })),
  });
  await draw();
}
