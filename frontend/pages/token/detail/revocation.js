/** Revokes a token, now or on a day; a planned revocation can be withdrawn. */
import { act } from '../../../components/act/act.js';
import { alert } from '../../../components/alert/alert.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { dateField, textArea } from '../../../components/field/field.js';
import { del, post } from '../../../lib/api.js';
import { formatDay, startOfDay } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {Contract['Token']} token
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
      { type: 'button', class: 'danger', onclick: act(() => revoke(token, ctx)) },
      t('token.revoke'),
    ),
  );
}

/**
 * @param {Contract['Token']} token
 * @param {Context} ctx
 */
async function revoke(token, ctx) {
  const reason = textArea({
    name: 'reason',
    label: t('token.revoke_reason'),
    rows: 3,
    maxlength: 20000,
  });
  const at = dateField({
    name: 'at',
    label: t('token.revoke_at'),
    hint: t('token.revoke_at_hint'),
    optional: true,
  });
  const done = await askDialog({
    title: t('token.revoke_title'),
    content: alert('warning', t('token.revoke_loss')),
    fields: [reason, at],
    submit: t('token.revoke'),
    danger: true,
    onsubmit: async (_values, { idempotencyKey }) => {
      const day = at.value;
      const body = {
        reason: reason.value,
        ...(day ? { at: startOfDay(day) } : {}),
      };
      await post('/v1/tokens/{id}/revocation', { params: { id: token.id }, body, idempotencyKey });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('token.revoked'), 'assertive');
}

/**
 * Takes a planned revocation back; stands beside the word that announces it.
 * @param {Contract['Token']} token
 * @param {string} day of the revocation
 * @param {Context} ctx
 */
export function withdrawal(token, day, ctx) {
  return h(
    'p',
    null,
    h(
      'button',
      { type: 'button', onclick: act(() => withdraw(token, day, ctx)) },
      t('token.withdraw'),
    ),
  );
}

/**
 * @param {Contract['Token']} token
 * @param {string} day of the revocation
 * @param {Context} ctx
 */
async function withdraw(token, day, ctx) {
  const done = await askDialog({
    title: t('token.withdraw'),
    content: h('p', null, t('token.withdraw_text', { day: formatDay(day) })),
    submit: t('token.withdraw'),
    cancel: t('token.withdraw_keep'),
    onsubmit: async () =>
      void (await del('/v1/tokens/{id}/revocation', { params: { id: token.id } })),
  });
  if (!done) return;
  await ctx.reload();
  announce(t('token.withdrawn'), 'assertive');
}
