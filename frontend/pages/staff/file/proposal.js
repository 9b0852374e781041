/** An approval that waits for a second instructor: what it grants, by whom, and what the reader may do about it. */
import { askDialog } from '../../../components/dialog/dialog.js';
import { textArea } from '../../../components/field/field.js';
import { button } from '../../../components/request-acts/request-acts.js';
import { summaryList } from '../../../components/summary-list/summary-list.js';
import { del, post } from '../../../lib/api.js';
import { timeElement } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { personName } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { isStale, onWhatWasRead } from './since.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * Whether a second instructor has to confirm an approval of these scopes.
 * @param {Contract['Product']} product
 * @param {string[]} scopes
 */
export function needsSecond(product, scopes) {
  const sensitive = product.scopes.filter((scope) => scope.sensitive);
  return product.four_eyes === true && sensitive.some(({ id }) => scopes.includes(id));
}

/**
 * The card beside the request; null where no approval waits.
 * @param {import('../file.js').Loaded} data
 * @param {Context} ctx
 */
export function proposalCard({ request, product }, ctx) {
  const { proposal, permissions } = request;
  if (!proposal) return null;
  const own = !permissions.includes('confirm');
  return h(
    'section',
    { class: 'card', id: 'seconde-validation' },
    h('h2', null, t('proposal.title')),
    h('p', null, t('proposal.text')),
    summaryList([
      [
        t('proposal.by'),
        [personName(proposal.proposed_by), ' – ', timeElement(proposal.proposed_at)],
      ],
      [t('proposal.scopes'), scopeList(product, proposal.granted_scopes)],
      proposal.refused_scopes.length > 0 && [
        t('proposal.refused'),
        scopeList(product, proposal.refused_scopes),
      ],
      proposal.reason && [t('decision.reason_partial'), proposal.reason],
      proposal.message && [t('decision.message'), proposal.message],
    ]),
    h(
      'p',
      { class: 'actions' },
      permissions.includes('confirm') && button('proposal.confirm', () => confirm(request, ctx)),
      permissions.includes('decline') &&
        button(
          own ? 'proposal.take_back' : 'proposal.decline',
          () => decline(request, own, ctx),
          'plain',
        ),
    ),
  );
}

/**
 * Those of open data are granted in every case, and not worth a line each.
 * @param {Contract['Product']} product
 * @param {string[]} ids
 */
function scopeList(product, ids) {
  const shown = product.scopes.filter((scope) => !scope.open_data && ids.includes(scope.id));
  return shown.map((scope) => h('div', null, scope.label));
}

/**
 * @param {Contract['Request']} request
 * @param {Context} ctx
 */
async function confirm(request, ctx) {
  const { number, id } = request;
  const done = await askDialog({
    title: t('proposal.confirm_title', { number }),
    content: h('p', null, t('proposal.confirm_text', { email: request.applicant.email })),
    submit: t('proposal.confirm'),
    onsubmit: (_values, { idempotencyKey }) =>
      onWhatWasRead(request, (etag) =>
        post('/v1/requests/{id}/proposal/confirmation', { params: { id }, etag, idempotencyKey }),
      ),
  });
  await finish(done, request, ctx, t('decision.done_approve', { number }));
}

/**
 * @param {Contract['Request']} request
 * @param {boolean} own
 * @param {Context} ctx
 */
async function decline(request, own, ctx) {
  const { number, id } = request;
  const reason = textArea({
    name: 'reason',
    label: t('decision.reason'),
    hint: t('proposal.reason_hint'),
    maxlength: 20000,
  });
  const act = own ? 'take_back' : 'decline';
  const done = await askDialog({
    title: t(`proposal.${act}_title`, { number }),
    content: h('p', null, t(`proposal.${act}_text`)),
    fields: own ? [] : [reason],
    submit: t(`proposal.${act}`),
    danger: true,
    onsubmit: (values) =>
      onWhatWasRead(request, (etag) =>
        del('/v1/requests/{id}/proposal', {
          params: { id },
          body: own ? {} : { reason: values.reason },
          etag,
        }),
      ),
  });
  await finish(done, request, ctx, t(`proposal.${act}_done`, { number }));
}

/**
 * @param {unknown} done
 * @param {Contract['Request']} request
 * @param {Context} ctx
 * @param {string} said
 */
async function finish(done, request, ctx, said) {
  if (!done) return;
  await ctx.reload();
  if (!isStale(request)) announce(said, 'assertive');
}
