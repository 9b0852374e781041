/** Acts on a request that applicants and staff share: transfer, archive. */
import { act } from '../act/act.js';
import { askDialog } from '../dialog/dialog.js';
import { textField } from '../field/field.js';
import { post } from '../../lib/api.js';
import { announce } from '../../lib/focus.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/** @typedef {import('../../lib/router.js').Context} Context */

/**
 * @param {string} key
 * @param {() => Promise<void>} run
 */
export const button = (key, run, kind = '') =>
  h('button', { type: 'button', class: kind, onclick: act(run) }, t(key));

/**
 * @param {string} id
 * @param {Context} ctx
 */
export async function transfer(id, ctx) {
  const email = textField({
    name: 'email',
    type: 'email',
    label: t('request.transfer_to'),
    hint: t('request.transfer_hint'),
    inputmode: 'email',
    autocomplete: 'off',
  });
  const done = await askDialog({
    title: t('request.transfer_title'),
    content: h('p', null, t('request.transfer_text')),
    fields: [email],
    submit: t('request.transfer'),
    onsubmit: async (values, { idempotencyKey }) =>
      void (await post('/v1/requests/{id}/transfer', {
        params: { id },
        body: { email: values.email },
        idempotencyKey,
      })),
  });
  if (done) await after(ctx, 'request.transferred');
}

/**
 * @param {string} id
 * @param {Context} ctx
 */
export async function archive(id, ctx) {
  const done = await askDialog({
    title: t('request.archive_title'),
    content: h('p', null, t('request.archive_text')),
    submit: t('request.archive'),
    onsubmit: async (_values, { idempotencyKey }) =>
      void (await post('/v1/requests/{id}/archival', { params: { id }, idempotencyKey })),
  });
  if (done) await after(ctx, 'request.archived');
}

/**
 * @param {Context} ctx
 * @param {string} key
 */
export async function after(ctx, key) {
  await ctx.reload();
  announce(t(key));
}
