/** A forgotten password: asks for the link, then, with the link, for the new one. */
import { alert } from '../../components/alert/alert.js';
import { textField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { endingOf, linkEnd, orEnding, showNext } from '../../components/mailed-link/mailed-link.js';
import { passwordField, usernameHint } from '../../components/password/password.js';
import { ApiError, post } from '../../lib/api.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { dropLinkToken, linkToken, watchLinkToken } from '../../lib/link-token.js';

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t(linkToken() ? 'reset.new_title' : 'reset.title'),
  load,
  render({ token, email, ending }, ctx) {
    watchLinkToken(ctx);
    const root = h('div', { class: 'narrow' });
    if (!token) replaceChildren(root, ask(root));
    else if (email) replaceChildren(root, choose(root, token, email));
    else replaceChildren(root, ending ? linkEnd('reset', ending) : dead());
    return root;
  },
};

/** Whose password the link changes, or what became of it. @param {import('../../lib/router.js').Context} ctx */
async function load({ signal }) {
  const token = linkToken();
  if (!token) return { token, email: null, ending: null };
  try {
    const path = '/v1/password-reset/preview';
    const { data } = await post(path, { body: { token }, quiet: true, signal });
    return { token, email: data.email, ending: null };
  } catch (error) {
    if (error instanceof ApiError && error.status === 422)
      return { token, email: null, ending: endingOf(error) };
    throw error;
  }
}

/** The page for a secret that was never mailed. */
function dead() {
  return [
    h('h1', null, t('reset.new_title')),
    alert('warning', t('link_end.unknown')),
    h('p', null, h('a', { class: 'button primary', href: '/mot-de-passe' }, t('reset.new_link'))),
  ];
}

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
 * @param {string} email
 */
function choose(root, token, email) {
  const password = passwordField({
    name: 'password',
    label: t('reset.new_password'),
    identity: () => [email],
  });
  const form = createForm({
    fields: [password],
    content: [usernameHint(email), password.element],
    submit: t('reset.submit'),
    secondary: h('a', { href: '/mot-de-passe' }, t('reset.new_link')),
    onsubmit: async (values) => {
      const next = await orEnding('reset', async () => {
        const body = { token, password: values.password };
        await post('/v1/password-reset', { body, quiet: true });
        return done();
      });
      dropLinkToken();
      showNext(root, next);
    },
  });
  return [h('h1', null, t('reset.new_title')), h('p', null, t('reset.new_text')), form.element];
}

function done() {
  return [
    h('h1', null, t('reset.done_title')),
    alert('good', t('reset.done_text')),
    h('p', null, h('a', { class: 'button primary', href: '/connexion' }, t('login.submit'))),
  ];
}
