/** The activation link, used only by a press of the button; without a link, asks for a new one. */
import { alert } from '../../components/alert/alert.js';
import { textField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { post } from '../../lib/api.js';
import { focusOn } from '../../lib/focus.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { dropLinkToken, linkToken, watchLinkToken } from '../../lib/link-token.js';
import { settings } from '../../lib/settings.js';

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t(linkToken() ? 'activation.title' : 'activation.resend_title'),
  load,
  render(site, ctx) {
    watchLinkToken(ctx);
    const root = h('div', { class: 'narrow' });
    const token = linkToken();
    if (token) replaceChildren(root, activate(root, token, site.support_email));
    else replaceChildren(root, resend(root));
    return root;
  },
};

function load() {
  return settings();
}

/**
 * @param {HTMLElement} root
 * @param {string} token
 * @param {string} supportEmail
 */
function activate(root, token, supportEmail) {
  const form = createForm({
    fields: [],
    submit: t('activation.submit'),
    wrong: { 422: t('activation.link_invalid') },
    secondary: h('a', { href: '/activation' }, t('activation.resend_title')),
    onsubmit: async () => {
      const { data } = await post('/v1/accounts/activation', { body: { token }, quiet: true });
      dropLinkToken();
      show(root, data.status === 'active' ? activated() : suspended(supportEmail));
    },
  });
  return [h('h1', null, t('activation.title')), h('p', null, t('activation.text')), form.element];
}

function activated() {
  return [
    h('h1', null, t('activation.done_title')),
    alert('good', t('activation.done_text')),
    h('p', null, h('a', { class: 'button primary', href: '/connexion' }, t('login.submit'))),
  ];
}

/** @param {string} email */
function suspended(email) {
  return [
    h('h1', null, t('activation.suspended_title')),
    alert('warning', t('activation.suspended_text')),
    h('p', null, h('a', { href: `mailto:${email}` }, email)),
    h('p', null, t('activation.suspended_next')),
    h('p', null, h('a', { class: 'button', href: '/connexion' }, t('login.submit'))),
  ];
}

/** @param {HTMLElement} root */
function resend(root) {
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
      show(root, [
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

/**
 * @param {HTMLElement} root
 * @param {Children} content
 */
function show(root, content) {
  replaceChildren(root, content);
  focusOn(root.querySelector('h1'));
}
