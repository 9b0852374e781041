/** Acts on a request that applicants, colleagues and staff share: transfer, takeover, archive. */
import { act } from '../act/act.js';
import { askDialog } from '../dialog/dialog.js';
import { textArea, textField } from '../field/field.js';
import { del, post } from '../../lib/api.js';
import { formatDay } from '../../lib/dates.js';
import { announce } from '../../lib/focus.js';
import { h } from '../../lib/h.js';
import { personName } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { session } from '../../lib/store.js';
import { alert } from '../alert/alert.js';

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
 * A colleague asks to become the applicant; at once where nobody is there who could object.
 * @param {Contract['Request']} request
 * @param {Context} ctx
 */
export async function takeOver(request, ctx) {
  const text = request.applicant_valid ? 'takeover.text' : 'takeover.text_gone';
  const done = await askDialog({
    title: t('takeover.title', { number: request.number }),
    content: h('p', null, t(text, { name: personName(request.applicant) })),
    submit: t('takeover.ask'),
    onsubmit: async (_values, { idempotencyKey }) =>
      void (await post('/v1/requests/{id}/takeover', {
        params: { id: request.id },
        idempotencyKey,
      })),
  });
  if (done) await after(ctx, request.applicant_valid ? 'takeover.asked' : 'takeover.done');
}

/** Who asked withdraws, anybody else objects. @param {Contract['Request']} request */
const isOwn = ({ takeover }) => takeover?.asked_by.id === session.me.id;

/**
 * @param {Contract['Request']} request
 * @param {Context} ctx
 */
async function endTakeover(request, ctx) {
  const own = isOwn(request);
  const reason = textArea({
    name: 'reason',
    label: t('takeover.reason'),
    hint: t('takeover.reason_hint'),
    optional: true,
    maxlength: 20000,
  });
  const done = await askDialog({
    title: t(own ? 'takeover.withdraw_title' : 'takeover.object_title'),
    content: h('p', null, t(own ? 'takeover.withdraw_text' : 'takeover.object_text')),
    fields: [reason],
    submit: t(own ? 'takeover.withdraw' : 'takeover.object'),
    onsubmit: async (values) =>
      void (await del('/v1/requests/{id}/takeover', {
        params: { id: request.id },
        body: values.reason ? { reason: values.reason } : {},
      })),
  });
  if (done) await after(ctx, own ? 'takeover.withdrawn' : 'takeover.objected');
}

/**
 * The takeover that waits, and what the reader may do about it.
 * @param {Contract['Request']} request
 * @param {Context} ctx
 */
export function takeoverNotice(request, ctx) {
  const { takeover } = request;
  if (!takeover) return null;
  const own = isOwn(request);
  const texts = { name: personName(takeover.asked_by), day: formatDay(takeover.due_at) };
  return alert(
    'information',
    t(own ? 'takeover.waits_own' : 'takeover.waits', texts),
    request.permissions.includes('end_takeover') &&
      h(
        'p',
        null,
        button(own ? 'takeover.withdraw' : 'takeover.object', () => endTakeover(request, ctx)),
      ),
  );
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
