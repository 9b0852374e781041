/** The link that confirms a new e-mail address; used only by a press of the button. */
import { alert } from '../../components/alert/alert.js';
import { mailedLinkPage } from '../../components/mailed-link/mailed-link.js';
import { post } from '../../lib/api.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { session } from '../../lib/store.js';

export default mailedLinkPage({
  title: 'email_change.confirm_title',
  noLink: 'email_change.no_link',
  text: ['email_change.confirm_text'],
  submit: 'email_change.confirm',
  wrong: { 409: 'email_change.address_in_use', 422: 'email_change.link_invalid' },
  async act(token) {
    await post('/v1/account/email-confirmation', { body: { token }, quiet: true });
    await session.load();
    const [href, words] = session.loggedIn
      ? ['/compte', t('shell.account')]
      : ['/connexion', t('login.submit')];
    return [
      h('h1', null, t('email_change.done_title')),
      alert('good', t('email_change.done_text')),
      h('p', null, h('a', { class: 'button primary', href }, words)),
    ];
  },
});
