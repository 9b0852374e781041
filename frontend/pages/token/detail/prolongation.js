/** Prolongs a token, after three questions. */
import { act } from '../../../components/act/act.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { choiceField } from '../../../components/field/field.js';
import { post } from '../../../lib/api.js';
import { formatDay } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {Contract['Token']} token
 * @param {Context} ctx
 */
export function prolongation(token, ctx) {
  return h(
    'section',
    null,
    h('h2', null, t('token.prolong_title')),
    h('p', null, t('token.prolong_text')),
    h('button', { type: 'button', onclick: act(() => prolong(token, ctx)) }, t('token.prolong')),
  );
}

/**
 * @param {Contract['Token']} token
 * @param {Context} ctx
 */
async function prolong(token, ctx) {
  /** @param {keyof Contract['Prolongation']} name */
  const question = (name) =>
    choiceField({
      name,
      label: t(`token.prolong_${name}`),
      options: [
        { value: 'yes', label: t('common.yes') },
        { value: 'no', label: t('common.no') },
      ],
    });
  const inCharge = question('still_in_charge');
  const purpose = question('purpose_unchanged');
  const contacts = question('contacts_unchanged');
  /** @type {Contract['ProlongationAnswer'][]} */
  const answers = [];
  const done = await askDialog({
    title: t('token.prolong_title'),
    content: h('p', null, t('token.prolong_questions')),
    fields: [inCharge, purpose, contacts],
    submit: t('token.prolong'),
    onsubmit: async (_values, { idempotencyKey }) => {
      const body = {
        still_in_charge: inCharge.value === 'yes',
        purpose_unchanged: purpose.value === 'yes',
        contacts_unchanged: contacts.value === 'yes',
      };
      const params = { id: token.id };
      answers.push(
        (await post('/v1/tokens/{id}/prolongation', { params, body, idempotencyKey })).data,
      );
    },
  });
  const [answer] = answers;
  if (!done || !answer) return;
  if (answer.outcome === 'request_reopened') {
    announce(t('token.reopened'), 'assertive');
    ctx.navigate(`/demandes/${answer.request_id}/formulaire`);
    return;
  }
  await ctx.reload();
  announce(t('token.prolonged', { day: formatDay(answer.expires_at) }), 'assertive');
}
