/** What a responsible person changes of a program: its name, fewer rights; its end. */
import { act } from '../../../components/act/act.js';
import { alert } from '../../../components/alert/alert.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { choicesField, textField } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { del, patch } from '../../../lib/api.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { navigate } from '../../../lib/router.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {Contract['Client']} client
 * @param {Context} ctx
 */
export function changes(client, ctx) {
  const name = textField({
    name: 'name',
    label: t('clients.name'),
    value: client.name,
    maxlength: 255,
  });
  const scopes = choicesField({
    name: 'scopes',
    label: t('clients.scopes'),
    hint: t('program.scopes_hint'),
    value: client.scopes,
    options: client.scopes.map((value) => ({
      value,
      label: value,
      hint: t(`client_scope.${value.replace(':', '_')}`),
    })),
  });
  const form = createForm({
    fields: [name, scopes],
    submit: t('common.save'),
    onsubmit: async () => {
      await patch('/v1/clients/{id}', {
        params: { id: client.id },
        body: { name: name.value, scopes: scopes.value },
        etag: `"${client.version}"`,
      });
      await ctx.reload();
      announce(t('program.changed'));
    },
  });
  return h(
    'section',
    null,
    h('h2', null, t('program.change')),
    form.element,
    h('h2', null, t('program.end')),
    h('p', null, t('clients.delete_text')),
    h(
      'button',
      { type: 'button', class: 'danger', onclick: act(() => remove(client)) },
      t('program.delete'),
    ),
  );
}

/** @param {Contract['Client']} client */
async function remove(client) {
  const done = await askDialog({
    title: t('clients.delete', { name: client.name }),
    content: alert('warning', t('clients.delete_text')),
    submit: t('program.delete'),
    danger: true,
    onsubmit: async () => void (await del('/v1/clients/{id}', { params: { id: client.id } })),
  });
  if (!done) return;
  navigate('/programmes?onglet=clients');
  announce(t('program.deleted'));
}
