/** Asks for a new activation link. */
import { textField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { showNext } from '../../components/mailed-link/mailed-link.js';
import { post } from '../../lib/api.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/** @param {HTMLElement} root */
export function resend(root) {
  const email = textField({
    name: 'email',
    type: 'email',
    label: t('login.email'),
    autocomplete: 'email',
    inputmode: 'email',
  });
  const form = createForm({
    keep: 'activation',
    fields: [email],
    submit: t('activation.resend'),
    onsubmit: async (values) => {
      await post('/v1/accounts/activation-mail', { body: { email: values.email } });
      showNext(root, [
        h('h1', null, t('signup.sent_title')),
        h('p', null, t('activation.resent', { email: values.email })),
      ]);
    },
  });
  return [
    h('h1', null, t('activation.resend_title')),
    h('p', null, t('activation.resend_text')),
    form.element,
  ];
}
