/** Export of one's own data and deletion of the account. */
import { act } from '../../../components/act/act.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { exportButton } from '../../../components/export-button/export-button.js';
import { textField } from '../../../components/field/field.js';
import { del } from '../../../lib/api.js';
import { h } from '../../../lib/h.js';
import { list, t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';

/**
 * @param {Contract['Account']} account
 * @param {import('../../../lib/router.js').Context} ctx
 */
export function dataSection(account, ctx) {
  return [
    h('h3', null, t('account.export_title')),
    h('p', null, t('account.export_text')),
    exportButton(t('account.export'), { order: () => ({ kind: 'account' }), signal: ctx.signal }),
    h('p', null, h('a', { href: '/exports' }, t('exports.see'))),
    h('h3', null, t('account.delete_title')),
    h('p', null, t('account.delete_text')),
    h(
      'p',
      null,
      h(
        'button',
        { type: 'button', class: 'danger', onclick: act(() => remove(account)) },
        t('account.delete'),
      ),
    ),
  ];
}

/** @param {Contract['Account']} account */
function remove(account) {
  const email = textField({
    name: 'email',
    label: t('account.delete_confirm', { email: account.email }),
    autocomplete: 'off',
    validate: (typed) =>
      typed.trim().toLowerCase() === account.email.toLowerCase()
        ? null
        : t('account.delete_mismatch'),
  });
  return askDialog({
    title: t('account.delete_title'),
    content: h(
      'ul',
      null,
      list('account.delete_effects').map((text) => h('li', null, text)),
    ),
    fields: [email],
    submit: t('account.delete'),
    danger: true,
    wrong: { 409: t('account.delete_last_admin') },
    onsubmit: async () => {
      await del('/v1/account');
      await session.load();
    },
  });
}
