/** The password of the account. */
import { textField } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { passwordField, usernameHint } from '../../../components/password/password.js';
import { put } from '../../../lib/api.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {Contract['Account']} account
 * @param {Context} ctx
 */
export function passwordSection(account, ctx) {
  const current = textField({
    name: 'current_password',
    type: 'password',
    label: t('account.current_password'),
    autocomplete: 'current-password',
    secret: true,
  });
  const password = passwordField({
    name: 'password',
    label: t('reset.new_password'),
    identity: () => [account.email, account.given_name, account.family_name],
  });
  const fields = account.has_password ? [current, password] : [password];
  const form = createForm({
    fields,
    content: [usernameHint(account.email), fields.map((f) => f.element)],
    submit: t('reset.submit'),
    onsubmit: async (values) => {
      await put('/v1/account/password', { body: values });
      await session.load();
      await ctx.reload();
      announce(t('reset.done_title'));
    },
  });
  return [!account.has_password && h('p', null, t('account.no_password')), form.element];
}
