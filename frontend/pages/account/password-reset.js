/** A forgotten password: asks for the link, then, with the link, for the new one. */
import { alert } from '../../components/alert/alert.js';
import { textField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { showNext } from '../../components/mailed-link/mailed-link.js';
import { passwordField } from '../../components/password/password.js';
import { post } from '../../lib/api.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { dropLinkToken, linkToken, watchLinkToken } from '../../lib/link-token.js';

/** @type {import('../../lib/router.js').Page<null>} */
export default {
  title: () => t(linkToken() ? 'reset.new_title' : 'reset.title'),
  render(_data, ctx) {
    watchLinkToken(ctx);
    const root = h('div', { class: 'narrow' });
    const token = linkToken();
    replaceChildren(root, token ? choose(root, token) : ask(root));
    return root;
  },
};

/** @param {HTMLElement} root */
function ask(root) {
  const email = textField({
    name: 'email',
    type: 'email',
    label: t('login.email'),
    autocomplete: 'username',
    inputmode: 'email',
  });
  const form = createForm({
    keep: 'mot-de-passe',
    fields: [email],
    submit: t('reset.send_link'),
    onsubmit: async (values) => {
      await post('/v1/password-reset-mail', { body: { email: values.email } });
      showNext(root, [
        h('h1', null, t('signup.sent_title')),
        h('p', null, t('reset.link_sent', { email: values.email })),
        h('p', null, t('signup.sent_none')),
      ]);
    },
  });
  return [h('h1', null, t('reset.title')), h('p', null, t('reset.text')), form.element];
}

/**
 * @param {HTMLElement} root
 * @param {string} token
 */
function choose(root, token) {
  const password = passwordField({
    name: 'password',
    label: t('reset.new_password'),
    identity: () => [],
  });
  const form = createForm({
    fields: [password],
    submit: t('reset.submit'),
    secondary: h('a', { href: '/mot-de-passe' }, t('reset.new_link')),
    onsubmit: async (values) => {
      await post('/v1/password-reset', { body: { token, password: values.password }, quiet: true });
      dropLinkToken();
      showNext(root, [
        h('h1', null, t('reset.done_title')),
        alert('good', t('reset.done_text')),
        h('p', null, h('a', { class: 'button primary', href: '/connexion' }, t('login.submit'))),
      ]);
    },
  });
  return [h('h1', null, t('reset.new_title')), h('p', null, t('reset.new_text')), form.element];
}
