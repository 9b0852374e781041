/** What one may do with a request, as the server says in `permissions`. */
import { askDialog } from '../../../components/dialog/dialog.js';
import { fold } from '../../../components/fold/fold.js';
import { del, post } from '../../../lib/api.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import {
  after,
  archive,
  button,
  takeOver,
  transfer,
} from '../../../components/request-acts/request-acts.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {import('../detail.js').Full} data
 * @param {Context} ctx
 */
export function requestActs({ request, tokenId }, ctx) {
  const may = (/** @type {Contract['Act']} */ act) => request.permissions.includes(act);
  const refused = request.state === 'refused';
  return h(
    'div',
    { class: 'actions request-acts' },
    may('edit') &&
      h(
        'a',
        { class: 'button primary', href: `/demandes/${request.id}/formulaire` },
        t(request.state === 'draft' ? 'request.continue' : 'request.complete'),
      ),
    request.state === 'approved' && tokenLink(tokenId),
    may('take_over') && button('takeover.ask', () => takeOver(request, ctx)),
    may('reopen') && button('request.reopen', () => reopen(request.id, request, ctx)),
    refused && button('request.copy', () => copy(request.id, ctx), 'primary'),
    fold(t('request.other_acts'), [
      may('cancel_reopening') &&
        button('request.cancel_reopening', () => cancelReopening(request, ctx)),
      !refused && button('request.copy', () => copy(request.id, ctx)),
      may('transfer') && button('request.transfer', () => transfer(request.id, ctx)),
      may('archive') && button('request.archive', () => archive(request.id, ctx)),
      may('delete') && button('request.delete', () => remove(request.id, request, ctx), 'danger'),
      button('request.print', async () => window.print()),
    ]),
  );
}

/** What an approval opened, where this person may see it. @param {string | null} tokenId */
export function tokenLink(tokenId) {
  return (
    tokenId && h('a', { class: 'button primary', href: `/jetons/${tokenId}` }, t('access.token'))
  );
}

/**
 * @param {string} id
 * @param {Contract['Request']} request
 * @param {Context} ctx
 */
async function reopen(id, request, ctx) {
  const done = await askDialog({
    title: t('request.reopen_title'),
    content: h('p', null, t('request.reopen_text')),
    submit: t('request.reopen'),
    onsubmit: async (_values, { idempotencyKey }) =>
      void (await post('/v1/requests/{id}/reopening', { params: { id }, idempotencyKey })),
  });
  if (done) ctx.navigate(`/demandes/${request.id}/formulaire`);
}

/**
 * @param {Contract['Request']} request
 * @param {Context} ctx
 */
async function cancelReopening(request, ctx) {
  const done = await askDialog({
    title: t('request.cancel_reopening'),
    content: h('p', null, t('request.cancel_reopening_text')),
    submit: t('request.cancel_reopening'),
    cancel: t('request.keep_reopening'),
    danger: true,
    wrong: { 412: t('request.changed_meanwhile') },
    onsubmit: async () =>
      void (await del('/v1/requests/{id}/reopening', {
        params: { id: request.id },
        etag: `"${request.version}"`,
      })),
  });
  if (done) await after(ctx, 'request.reopening_cancelled');
}

/**
 * @param {string} id
 * @param {Context} ctx
 */
async function copy(id, ctx) {
  await askDialog({
    title: t('request.copy_title'),
    content: h('p', null, t('request.copy_text')),
    submit: t('request.copy'),
    onsubmit: async (_values, { idempotencyKey }) => {
      const { data } = await post('/v1/requests/{id}/copy', { params: { id }, idempotencyKey });
      ctx.navigate(`/demandes/${data.id}/formulaire`);
    },
  });
}

/**
 * @param {string} id
 * @param {Contract['Request']} request
 * @param {Context} ctx
 */
async function remove(id, request, ctx) {
  const done = await askDialog({
    title: t('request.delete_title', { number: request.number }),
    content: h('p', null, t('request.delete_text')),
    submit: t('request.delete'),
    danger: true,
    onsubmit: async () => void (await del('/v1/requests/{id}', { params: { id } })),
  });
  if (!done) return;
  ctx.navigate('/demandes');
  announce(t('request.deleted'));
}
