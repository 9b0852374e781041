/** The decision: outcome, reason from a template, fewer scopes, the mail as it will leave, then the act. */
import { alert } from '../../../components/alert/alert.js';
import {
  choiceField,
  choicesField,
  selectField,
  textArea,
} from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { ApiError, get, post } from '../../../lib/api.js';
import { announce } from '../../../lib/focus.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { needsSecond } from './proposal.js';
import { isStale, onWhatWasRead } from './since.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/** @type {Contract['DecisionOutcome'][]} */
const OUTCOMES = ['approve', 'request_changes', 'refuse', 'revoke'];

/**
 * @param {import('../file.js').Loaded} data
 * @param {Context} ctx
 */
export function decisionPanel(data, ctx) {
  const { request } = data;
  const possible = OUTCOMES.filter((outcome) => request.permissions.includes(outcome));
  if (possible.length === 0) return null;
  const place = h('div', null);
  const outcome = choiceField({
    name: 'outcome',
    label: t('decision.outcome'),
    options: possible.map((value) => ({ value, label: t(`decision.${value}`) })),
    oninput: (chosen) => replaceChildren(place, wording(data, ctx, chosen)),
  });
  return h(
    'section',
    { class: 'card', id: 'decision' },
    h('h2', null, t('decision.title')),
    outcome.element,
    place,
  );
}

/**
 * @param {import('../file.js').Loaded} data
 * @param {Context} ctx
 * @param {Contract['DecisionOutcome']} outcome
 */
function wording(data, ctx, outcome) {
  const { request, product } = data;
  const approving = outcome === 'approve';
  const scopes = approving ? scopeField(request, product) : null;
  const reason = textArea({
    name: 'reason',
    label: t(approving ? 'decision.reason_partial' : 'decision.reason'),
    hint: t(`decision.reason_hint_${outcome}`),
    optional: approving,
    maxlength: 20000,
  });
  const message = approving
    ? textArea({
        name: 'message',
        label: t('decision.message'),
        hint: t('decision.message_hint'),
        optional: true,
        rows: 3,
        maxlength: 20000,
      })
    : null;
  const fields = [scopes, reason, message].filter((f) => f !== null);
  const body = () => ({
    outcome,
    ...(reason.value.trim() ? { reason: reason.value } : {}),
    ...(message?.value.trim() ? { message: message.value } : {}),
    ...(scopes ? { granted_scopes: grantedOf(scopes, request, product) } : {}),
  });
  const form = createForm({
    keep: `decision.${request.id}.${outcome}`,
    fields,
    content: [templatePicker(request.product, outcome, reason), fields.map((f) => f.element)],
    submit: t('decision.preview'),
    onsubmit: async () => {
      const decision = body();
      const { data: mail } = await post('/v1/requests/{id}/decision-preview', {
        params: { id: request.id },
        body: decision,
      });
      await confirm(ctx, decision, mail, data);
      if (isStale(request)) throw new ApiError('aborted'); // what was typed is kept
    },
  });
  return form.element;
}

/**
 * Protected scopes that were asked for; those of open data are granted in every case.
 * @param {Contract['Request']} request
 * @param {Contract['Product']} product
 */
function scopeField(request, product) {
  const asked = product.scopes.filter((s) => !s.open_data && request.scopes.includes(s.id));
  if (asked.length === 0) return null;
  return choicesField({
    name: 'granted_scopes',
    label: t('decision.scopes'),
    hint: t('decision.scopes_hint'),
    optional: true,
    value: asked.map((s) => s.id),
    options: asked.map((s) => ({
      value: s.id,
      label: s.label,
      hint: request.scope_justifications[s.id],
    })),
  });
}

/**
 * @param {{value: string[]}} field
 * @param {Contract['Request']} request
 * @param {Contract['Product']} product
 */
function grantedOf(field, request, product) {
  const open = product.scopes
    .filter((s) => s.open_data && request.scopes.includes(s.id))
    .map((s) => s.id);
  return [...field.value, ...open];
}

/**
 * @param {string} product
 * @param {Contract['DecisionOutcome']} outcome
 * @param {{value: string}} reason
 */
function templatePicker(product, outcome, reason) {
  const place = h('div', null);
  void fill();
  async function fill() {
    const { data } = await get('/v1/products/{product}/templates', {
      params: { product },
      query: { outcome, limit: 100 },
    });
    if (data.items.length === 0) return;
    const picker = selectField({
      name: 'template',
      label: t('decision.template'),
      optional: true,
      placeholder: t('decision.no_template'),
      options: data.items.map((x) => ({ value: x.id, label: x.name })),
      oninput: (id) => {
        const chosen = data.items.find((x) => x.id === id);
        if (chosen) reason.value = [reason.value.trim(), chosen.body].filter(Boolean).join('\n\n');
      },
    });
    replaceChildren(place, picker.element);
  }
  return place;
}

/**
 * The mail as it will leave, and the last word.
 * @param {Context} ctx
 * @param {Contract['DecisionCreation']} body
 * @param {Contract['DecisionPreview']} mail
 * @param {import('../file.js').Loaded} data
 */
async function confirm(ctx, body, mail, { request, product }) {
  const { outcome } = body;
  const isFirst =
    outcome === 'approve' && needsSecond(product, body.granted_scopes ?? request.scopes);
  const done = await askDialog({
    title: t(`decision.confirm_${outcome}`, { number: request.number }),
    content: [
      outcome === 'revoke' && alert('warning', t('decision.revoke_loss')),
      isFirst && alert('information', t('proposal.first')),
      h('p', null, t('decision.mail_to', { to: mail.to.join(', ') })),
      h('p', null, h('strong', null, mail.subject)),
      h('div', { class: 'mail-preview', tabindex: '0' }, mail.text),
    ],
    submit: t(`decision.${outcome}`),
    danger: outcome === 'refuse' || outcome === 'revoke',
    wrong: { 409: t('decision.state_changed') },
    onsubmit: (_values, { idempotencyKey }) =>
      onWhatWasRead(request, (etag) =>
        post('/v1/requests/{id}/decisions', {
          params: { id: request.id },
          body,
          etag,
          idempotencyKey,
        }),
      ),
  });
  if (!done) return;
  await ctx.reload();
  if (isStale(request)) return;
  const said = isFirst ? 'proposal.done' : `decision.done_${outcome}`;
  announce(t(said, { number: request.number }), 'assertive');
}
