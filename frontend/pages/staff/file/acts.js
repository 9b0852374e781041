/** What staff may do with a request beside deciding. */
import { askDialog } from '../../../components/dialog/dialog.js';
import { textArea } from '../../../components/field/field.js';
import { del } from '../../../lib/api.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { after, archive, button, transfer } from '../../../components/request-acts/request-acts.js';
import { isStale, onWhatWasRead } from './since.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * What the staff does with a file beside deciding.
 * @param {import('../file.js').Loaded} data
 * @param {Context} ctx
 */
export function staffActs({ request }, ctx) {
  const may = (/** @type {Contract['Act']} */ act) => request.permissions.includes(act);
  return [
    may('cancel_reopening') &&
      button('request.cancel_reopening', () => cancelReopeningAsStaff(request, ctx), 'plain'),
    may('transfer') && button('request.transfer', () => transfer(request.id, ctx), 'plain'),
    may('archive') && button('request.archive', () => archive(request.id, ctx), 'plain'),
  ];
}

/**
 * @param {Contract['Request']} request
 * @param {Context} ctx
 */
async function cancelReopeningAsStaff(request, ctx) {
  const reason = textArea({
    name: 'reason',
    label: t('decision.reason'),
    hint: t('decision.reason_hint_refuse'),
    maxlength: 20000,
  });
  const done = await askDialog({
    title: t('request.cancel_reopening'),
    content: h('p', null, t('request.cancel_reopening_staff_text')),
    fields: [reason],
    submit: t('request.cancel_reopening'),
    cancel: t('request.keep_reopening'),
    danger: true,
    onsubmit: (values) =>
      onWhatWasRead(request, (etag) =>
        del('/v1/requests/{id}/reopening', {
          params: { id: request.id },
          body: { reason: values.reason },
          etag,
        }),
      ),
  });
  if (!done) return;
  if (isStale(request)) await ctx.reload();
  else await after(ctx, 'request.reopening_cancelled');
}
