/** The link that confirms a new e-mail address; used only by a press of the button. */
import { alert } from '../components/alert/alert.js';
import { createForm } from '../components/form/form.js';
import { post } from '../lib/api.js';
import { focusOn } from '../lib/focus.js';
import { h, replaceChildren } from '../lib/h.js';
import { t } from '../lib/i18n.js';
import { dropLinkToken, linkToken, watchLinkToken } from '../lib/link-token.js';
import { session } from '../lib/store.js';

/** @type {import('../lib/router.js').Page} */
export default {
  title: () => t('email_change.confirm_title'),
  render(_data, ctx) {
    watchLinkToken(ctx);
    const root = h('div', { class: 'narrow' });
    const token = linkToken();
    replaceChildren(
      root,
      h('h1', null, t('email_change.confirm_title')),
      token ? confirmation(root, token) : alert('warning', t('email_change.no_link')),
    );
    return root;
  },
};

/**
 * @param {HTMLElement} root
 * @param {string} token
 */
function confirmation(root, token) {
  const form = createForm({
    fields: [],
    submit: t('email_change.confirm'),
    wrong: {
      409: t('email_change.taken'),
      410: t('email_change.dead'),
      422: t('email_change.dead'),
    },
    onsubmit: async () => {
      await post('/v1/account/email-confirmation', { token }, { quiet: true });
      dropLinkToken();
      await session.load();
      const next = session.loggedIn ? '/compte' : '/connexion';
      const link = h(
        'a',
        { class: 'button primary', href: next },
        t(session.loggedIn ? 'shell.account' : 'login.submit'),
      );
      replaceChildren(
        root,
        h('h1', null, t('email_change.done_title')),
        alert('good', t('email_change.done_text')),
        h('p', null, link),
      );
      focusOn(root.querySelector('h1'));
    },
  });
  return [h('p', null, t('email_change.confirm_text')), form.element];
}
