/** Revokes a token, now or on a day; a planned revocation can be withdrawn. */
import { alert } from '../../../components/alert/alert.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { dateField, textArea } from '../../../components/field/field.js';
import { del, post } from '../../../lib/api.js';
import { formatDay } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {any} token
 * @param {Context} ctx
 */
export function revocation(token, ctx) {
  return h(
    'section',
    null,
    h('h2', null, t('token.revoke_title')),
    h('p', null, t('token.revoke_text')),
    h(
      'button',
      { type: 'button', class: 'danger', onclick: () => void revoke(token, ctx) },
      t('token.revoke'),
    ),
  );
}

/**
 * @param {any} token
 * @param {Context} ctx
 */
export async function revoke(token, ctx) {
  const done = await askDialog({
    title: t('token.revoke_title'),
    content: alert('warning', t('token.revoke_loss')),
    fields: [
      textArea({ name: 'reason', label: t('token.revoke_reason'), rows: 3, maxlength: 20000 }),
      dateField({
        name: 'at',
        label: t('token.revoke_at'),
        hint: t('token.revoke_at_hint'),
        optional: true,
      }),
    ],
    submit: t('token.revoke'),
    danger: true,
    onsubmit: async ({ reason, at }, { idempotencyKey }) => {
      const body = at ? { reason, at: new Date(`${at}T00:00:00`).toISOString() } : { reason };
      await post(`/v1/tokens/${token.id}/revocation`, body, { idempotencyKey });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('token.revoked'), 'assertive');
}

/**
 * Takes a planned revocation back; stands beside the word that announces it.
 * @param {any} token
 * @param {Context} ctx
 */
export function withdrawal(token, ctx) {
  return h(
    'p',
    null,
    h('button', { type: 'button', onclick: () => void withdraw(token, ctx) }, t('token.withdraw')),
  );
}

/**
 * @param {any} token
 * @param {Context} ctx
 */
async function withdraw(token, ctx) {
  const done = await askDialog({
    title: t('token.withdraw'),
    content: h('p', null, t('token.withdraw_text', { day: formatDay(token.revocation_at) })),
    submit: t('token.withdraw'),
    cancel: t('token.withdraw_keep'),
    onsubmit: async () => void (await del(`/v1/tokens/${token.id}/revocation`)),
  });
  if (!done) return;
  await ctx.reload();
  announce(t('token.withdrawn'), 'assertive');
}
