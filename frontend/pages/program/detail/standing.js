/** What the reader can do about where a program stands: take it over, accept to answer for it, decline. */
import { act } from '../../../components/act/act.js';
import { alert } from '../../../components/alert/alert.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { choiceField } from '../../../components/field/field.js';
import { post } from '../../../lib/api.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { leave } from './persons.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {Contract['Client']} client
 * @param {Context} ctx
 */
export function standing(client, ctx) {
  return [
    client.state === 'stopped' &&
      alert(
        'bad',
        t('program.stopped'),
        h(
          'p',
          null,
          h(
            'button',
            { type: 'button', class: 'primary', onclick: act(() => takeOver(client, ctx)) },
            t('program.take_over'),
          ),
        ),
      ),
    client.relation === 'asked' &&
      alert(
        'information',
        t('program.asked'),
        h(
          'div',
          { class: 'actions' },
          h(
            'button',
            { type: 'button', class: 'primary', onclick: act(() => accept(client, ctx)) },
            t('program.accept'),
          ),
          h(
            'button',
            { type: 'button', onclick: act(() => leave(client, ctx)) },
            t('program.decline'),
          ),
        ),
      ),
    client.state === 'active' &&
      client.relation === 'colleague' &&
      alert('information', t('program.colleague')),
  ];
}

/**
 * @param {Contract['Client']} client
 * @param {Context} ctx
 */
async function takeOver(client, ctx) {
  const secrets = choiceField({
    name: 'keep_secrets',
    label: t('program.former_secrets'),
    options: [
      {
        value: 'end',
        label: t('program.end_secrets'),
        hint: t('program.end_secrets_hint'),
      },
      {
        value: 'keep',
        label: t('program.keep_secrets'),
        hint: t('program.keep_secrets_hint'),
      },
    ],
  });
  const done = await askDialog({
    title: t('program.take_over_title', { name: client.name }),
    content: h('p', null, t('program.take_over_text')),
    fields: [secrets],
    submit: t('program.take_over'),
    onsubmit: async (_values, { idempotencyKey }) => {
      await post('/v1/clients/{id}/takeover', {
        params: { id: client.id },
        body: { keep_secrets: secrets.value === 'keep' },
        idempotencyKey,
      });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('program.taken_over'), 'assertive');
}

/**
 * @param {Contract['Client']} client
 * @param {Context} ctx
 */
async function accept(client, ctx) {
  const done = await askDialog({
    title: t('program.accept_title', { name: client.name }),
    content: alert('warning', t('program.accept_text')),
    submit: t('program.accept'),
    onsubmit: async (_values, { idempotencyKey }) => {
      await post('/v1/clients/{id}/responsible-persons/acceptance', {
        params: { id: client.id },
        idempotencyKey,
      });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('program.accepted'), 'assertive');
}
