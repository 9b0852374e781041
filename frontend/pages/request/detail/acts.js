/** What one may do with a request, as the server says in `permissions`. */
import { askDialog } from '../../../components/dialog/dialog.js';
import { fold } from '../../../components/fold/fold.js';
import { del, post } from '../../../lib/api.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { after, archive, button, transfer } from '../../../components/request-acts/request-acts.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {any} data
 * @param {Context} ctx
 */
export function requestActs({ request, path }, ctx) {
  const may = (/** @type {string} */ act) => request.permissions.includes(act);
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
    request.state === 'approved' && tokenLink(request),
    may('reopen') && button('request.reopen', () => reopen(path, request, ctx)),
    refused && button('request.copy', () => copy(path, ctx), 'primary'),
    fold(t('request.other_acts'), [
      may('cancel_reopening') &&
        button('request.cancel_reopening', () => cancelReopening(path, ctx)),
      !refused && button('request.copy', () => copy(path, ctx)),
      may('transfer') && button('request.transfer', () => transfer(path, ctx)),
      may('archive') && button('request.archive', () => archive(path, ctx)),
      may('delete') && button('request.delete', () => remove(path, request, ctx), 'danger'),
      button('request.print', async () => window.print()),
    ]),
  );
}

/** What an approval opened, where this person may see it. @param {any} request */
export function tokenLink(request) {
  return (
    request.token_id &&
    h('a', { class: 'button primary', href: `/jetons/${request.token_id}` }, t('access.token'))
  );
}

/**
 * @param {string} path
 * @param {any} request
 * @param {Context} ctx
 */
async function reopen(path, request, ctx) {
  const done = await askDialog({
    title: t('request.reopen_title'),
    content: h('p', null, t('request.reopen_text')),
    submit: t('request.reopen'),
    onsubmit: async (_values, { idempotencyKey }) =>
      void (await post(`${path}/reopening`, undefined, { idempotencyKey })),
  });
  if (done) ctx.navigate(`/demandes/${request.id}/formulaire`);
}

/**
 * @param {string} path
 * @param {Context} ctx
 */
async function cancelReopening(path, ctx) {
  const done = await askDialog({
    title: t('request.cancel_reopening'),
    content: h('p', null, t('request.cancel_reopening_text')),
    submit: t('request.cancel_reopening'),
    cancel: t('request.keep_reopening'),
    danger: true,
    onsubmit: async () => void (await del(`${path}/reopening`)),
  });
  if (done) await after(ctx, 'request.reopening_cancelled');
}

/**
 * @param {string} path
 * @param {Context} ctx
 */
async function copy(path, ctx) {
  await askDialog({
    title: t('request.copy_title'),
    content: h('p', null, t('request.copy_text')),
    submit: t('request.copy'),
    onsubmit: async (_values, { idempotencyKey }) => {
      const { data } = await post(`${path}/copy`, undefined, { idempotencyKey });
      ctx.navigate(`/demandes/${data.id}/formulaire`);
    },
  });
}

/**
 * @param {string} path
 * @param {any} request
 * @param {Context} ctx
 */
async function remove(path, request, ctx) {
  const done = await askDialog({
    title: t('request.delete_title', { number: request.number }),
    content: h('p', null, t('request.delete_text')),
    submit: t('request.delete'),
    danger: true,
    onsubmit: async () => void (await del(path)),
  });
  if (!done) return;
  ctx.navigate('/demandes');
  announce(t('request.deleted'));
}
