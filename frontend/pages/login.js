/** Log in by password ("connexion habituelle") or by the API Gouv account; comes back to where one was going. */
import { createForm } from '../components/form/form.js';
import { textField } from '../components/field/field.js';
import { alert } from '../components/alert/alert.js';
import { h } from '../lib/h.js';
import { t } from '../lib/i18n.js';
import { ApiError } from '../lib/api.js';
import { safeReturnPath } from '../lib/router.js';
import { session } from '../lib/store.js';

/** @type {import('../lib/router.js').Page} */
export default {
  title: () => t('login.title'),
  render(_data, ctx) {
    const wanted = ctx.query.get('suite');
    const next = safeReturnPath(wanted);
    return h(
      'div',
      { class: 'narrow' },
      h('h1', null, t('login.title')),
      ctx.query.get('erreur') && alert('bad', t('login.oidc_failed')),
      wanted && alert('information', t('login.needed')),
      session.loggedIn &&
        alert('information', t('login.already', { email: session.account.email })),
      h('h2', null, t('login.usual')),
      passwordForm(ctx, next),
      h(
        'ul',
        null,
        h('li', null, h('a', { href: '/mot-de-passe' }, t('login.forgotten'))),
        h('li', null, h('a', { href: '/activation' }, t('login.not_activated'))),
      ),
      h('h2', null, t('login.oidc_title')),
      h('p', null, t('login.oidc_text')),
      h(
        'p',
        null,
        h(
          'a',
          { class: 'button', href: `/v1/login/oidc?next=${encodeURIComponent(next)}` },
          t('login.oidc'),
        ),
      ),
      h('h2', null, t('login.no_account')),
      h('p', null, h('a', { href: '/inscription' }, t('login.sign_up'))),
    );
  },
};

/**
 * @param {import('../lib/router.js').Context} ctx
 * @param {string} next
 */
function passwordForm(ctx, next) {
  const email = textField({
    name: 'email',
    type: 'email',
    label: t('login.email'),
    autocomplete: 'username',
    inputmode: 'email',
  });
  const password = textField({
    name: 'password',
    type: 'password',
    label: t('login.password'),
    autocomplete: 'current-password',
    secret: true,
  });
  const code = textField({
    name: 'code',
    label: t('login.code'),
    hint: t('login.code_hint'),
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
    optional: true,
    secret: true,
  });
  code.element.hidden = true;
  const form = createForm({
    keep: 'connexion',
    fields: [email, password, code],
    submit: t('login.submit'),
    onsubmit: async ({ email: address, password: secret, code: typed }) => {
      try {
        await session.logIn({
          email: address,
          password: secret,
          ...(typed ? { code: typed } : {}),
        });
        ctx.navigate(next, { replace: true });
      } catch (error) {
        if (error instanceof ApiError && error.type.endsWith('second-factor-required')) {
          code.element.hidden = false;
          code.control.focus();
          return;
        }
        throw error;
      }
    },
  });
  return form.element;
}
