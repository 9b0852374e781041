/** Prolongs a token, after three questions. */
import { askDialog } from '../../../components/dialog/dialog.js';
import { choiceField } from '../../../components/field/field.js';
import { post } from '../../../lib/api.js';
import { formatDay } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {any} token
 * @param {Context} ctx
 */
export function prolongation(token, ctx) {
  return h(
    'section',
    null,
    h('h2', null, t('token.prolong_title')),
    h('p', null, t('token.prolong_text')),
    h('button', { type: 'button', onclick: () => void prolong(token, ctx) }, t('token.prolong')),
  );
}

/**
 * @param {any} token
 * @param {Context} ctx
 */
export async function prolong(token, ctx) {
  /** @param {string} name */
  const question = (name) =>
    choiceField({
      name,
      label: t(`token.prolong_${name}`),
      options: [
        { value: 'yes', label: t('common.yes') },
        { value: 'no', label: t('common.no') },
      ],
    });
  const names = ['still_in_charge', 'purpose_unchanged', 'contacts_unchanged'];
  let answer = /** @type {any} */ (null);
  const done = await askDialog({
    title: t('token.prolong_title'),
    content: h('p', null, t('token.prolong_questions')),
    fields: names.map(question),
    submit: t('token.prolong'),
    onsubmit: async (values, { idempotencyKey }) => {
      const body = Object.fromEntries(names.map((name) => [name, values[name] === 'yes']));
      answer = (await post(`/v1/tokens/${token.id}/prolongation`, body, { idempotencyKey })).data;
    },
  });
  if (!done) return;
  if (answer.outcome === 'request_reopened') {
    announce(t('token.reopened'), 'assertive');
    ctx.navigate(`/demandes/${answer.request_id}/formulaire`);
    return;
  }
  await ctx.reload();
  announce(t('token.prolonged', { day: formatDay(answer.expires_at) }), 'assertive');
}
