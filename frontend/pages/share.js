/** A sharing link: shows the token once, to whom it was sent, at a press of the button. */
import { alert } from '../components/alert/alert.js';
import { copyButton } from '../components/copy-button/copy-button.js';
import { createForm } from '../components/form/form.js';
import { post } from '../lib/api.js';
import { focusOn } from '../lib/focus.js';
import { h, replaceChildren } from '../lib/h.js';
import { t } from '../lib/i18n.js';
import { dropLinkToken, linkToken, watchLinkToken } from '../lib/link-token.js';

/** @type {import('../lib/router.js').Page} */
export default {
  title: () => t('share.title'),
  render(_data, ctx) {
    watchLinkToken(ctx);
    const root = h('div', { class: 'narrow' });
    const token = linkToken();
    replaceChildren(
      root,
      h('h1', null, t('share.title')),
      token ? question(root, token) : alert('warning', t('share.no_link')),
    );
    return root;
  },
};

/**
 * @param {HTMLElement} root
 * @param {string} token
 */
function question(root, token) {
  const form = createForm({
    fields: [],
    submit: t('share.submit'),
    wrong: { 410: t('share.dead'), 422: t('share.dead') },
    onsubmit: async () => {
      const { data } = await post('/v1/share-redemptions', { token }, { quiet: true });
      dropLinkToken();
      replaceChildren(root, shown(data.token));
      focusOn(root.querySelector('h1'));
    },
  });
  return [h('p', null, t('share.text')), h('p', null, t('share.once')), form.element];
}

/** @param {string} secret */
function shown(secret) {
  const code = h('code', { class: 'secret' }, secret);
  return [
    h('h1', null, t('share.shown_title')),
    alert('warning', t('share.keep')),
    h('p', null, code),
    h(
      'p',
      null,
      copyButton(() => secret, t('share.copy')),
    ),
    h('p', null, h('a', { href: '/programmes' }, t('share.use'))),
  ];
}
