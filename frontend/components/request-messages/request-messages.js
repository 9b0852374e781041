/** The exchange between applicant and instructors; opening the tab marks it as read. */
import { textArea } from '../field/field.js';
import { createForm } from '../form/form.js';
import { post, put } from '../../lib/api.js';
import { timeElement } from '../../lib/dates.js';
import { announce } from '../../lib/focus.js';
import { personName } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { session } from '../../lib/store.js';

/**
 * @param {{request: Contract['Request'], messages: Contract['Message'][]}} data
 * @param {import('../../lib/router.js').Context} ctx
 */
export function messagesTab({ request, messages }, ctx) {
  const inOrder = [...messages].sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
  const last = inOrder.at(-1);
  if (last && request.unread_messages > 0)
    void put('/v1/requests/{id}/messages/read-mark', {
      params: { id: request.id },
      body: { message_id: last.id },
    }).catch(() => {});
  return h(
    'div',
    null,
    inOrder.length === 0
      ? h('p', null, t('messages.none'))
      : h('ol', { class: 'messages' }, inOrder.map(oneMessage)),
    request.permissions.includes('message')
      ? writing(request.id, ctx)
      : h('p', { class: 'muted' }, t('messages.closed')),
  );
}

/** @param {Contract['Message']} message */
function oneMessage(message) {
  const side = message.as_staff ? 'staff' : 'applicant';
  const mine = message.author?.id === session.me.id;
  const author = mine
    ? t('messages.you')
    : message.author
      ? personName(message.author)
      : t(`messages.side_${side}`);
  return h(
    'li',
    { class: `message message-${side}` },
    h(
      'p',
      { class: 'small' },
      h('strong', null, author),
      ' · ',
      t(`messages.side_${side}`),
      ' · ',
      timeElement(message.created_at),
    ),
    h('p', { class: 'message-body' }, message.body),
  );
}

/**
 * @param {string} id
 * @param {import('../../lib/router.js').Context} ctx
 */
function writing(id, ctx) {
  const body = textArea({ name: 'body', label: t('messages.write'), maxlength: 20000 });
  return createForm({
    keep: `message.${id}`,
    fields: [body],
    submit: t('messages.send'),
    onsubmit: async (values, { idempotencyKey }) => {
      await post('/v1/requests/{id}/messages', {
        params: { id },
        body: { body: values.body },
        idempotencyKey,
      });
      body.value = '';
      await ctx.reload();
      announce(t('messages.sent'));
    },
  }).element;
}
