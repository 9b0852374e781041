/** The link that confirms a new e-mail address: used in a session of the account that asked, by a press of the button. */
import { alert } from '../../components/alert/alert.js';
import { mailedLinkPage } from '../../components/mailed-link/mailed-link.js';
import { post } from '../../lib/api.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { session } from '../../lib/store.js';

export default mailedLinkPage({
  title: 'email_change.confirm_title',
  noLink: 'email_change.no_link',
  text: () => {
    const { email, pending_email: next } = session.me;
    return [
      t(next ? 'email_change.confirm_account' : 'email_change.confirm_other', { email, next }),
      t('email_change.confirm_text'),
    ];
  },
  submit: 'email_change.confirm',
  kind: 'email',
  login: 'email_change.login',
  wrong: {
    401: 'email_change.other_account',
    409: 'email_change.address_in_use',
    422: 'email_change.link_invalid',
  },
  async act(token) {
    await post('/v1/account/email-confirmation', { body: { token }, quiet: true });
    await session.load();
    return [
      h('h1', null, t('email_change.done_title')),
      alert('good', t('email_change.done_text', { email: session.me.email })),
      h('p', null, h('a', { class: 'button primary', href: '/compte' }, t('shell.account'))),
    ];
  },
});
