/** A sharing link: shows the token once, to whom it was sent, at a press of the button. */
import { alert } from '../../components/alert/alert.js';
import { copyButton } from '../../components/copy-button/copy-button.js';
import { mailedLinkPage } from '../../components/mailed-link/mailed-link.js';
import { post } from '../../lib/api.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

export default mailedLinkPage({
  title: 'share.title',
  noLink: 'share.no_link',
  text: () => [t('share.text'), t('share.single_use')],
  submit: 'share.submit',
  kind: 'share',
  wrong: { 422: 'share.link_invalid' },
  async act(token) {
    const { data } = await post('/v1/share-redemptions', { body: { token }, quiet: true });
    return shown(data.token);
  },
});

/** @param {string} secret */
function shown(secret) {
  const code = h('code', { class: 'secret' }, secret);
  return [
    h('h1', null, t('share.shown_title')),
    alert('warning', t('share.storage_advice')),
    h('p', null, code),
    h(
      'p',
      null,
      copyButton(() => secret, t('share.copy')),
    ),
    h('p', null, h('a', { href: '/programmes' }, t('share.use'))),
  ];
}
