/** One's own account: details, address, password, second factor, sessions, mails, who looked, export, deletion. */
import { get } from '../../lib/api.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { accessesSection } from './settings/accesses.js';
import { dataSection } from './settings/data.js';
import { detailsSection, emailSection, notificationsSection } from './settings/details.js';
import { passwordSection } from './settings/password.js';
import { secondFactorSection } from './settings/second-factor.js';
import { sessionsSection } from './settings/sessions.js';

const SECTIONS = [
  'details',
  'email',
  'password',
  'second_factor',
  'sessions',
  'notifications',
  'accesses',
  'data',
];

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('account.title'),
  load,
  render({ account, etag, sessions, accesses }, ctx) {
    const parts = {
      details: detailsSection(account, etag, ctx),
      email: emailSection(account, ctx),
      password: passwordSection(account, ctx),
      second_factor: secondFactorSection(account, ctx),
      sessions: sessionsSection(sessions),
      notifications: notificationsSection(account, etag, ctx),
      accesses: accessesSection(accesses),
      data: dataSection(account, ctx),
    };
    return h(
      'div',
      null,
      h('h1', null, t('account.title')),
      h(
        'nav',
        { class: 'account-nav', 'aria-label': t('account.on_page') },
        h(
          'ul',
          null,
          SECTIONS.map((id) => h('li', null, h('a', { href: `#${id}` }, t(`account.${id}`)))),
        ),
      ),
      SECTIONS.map((id) =>
        h(
          'section',
          { id, class: 'narrow' },
          h('h2', null, t(`account.${id}`)),
          parts[/** @type {keyof typeof parts} */ (id)],
        ),
      ),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load({ signal }) {
  const [account, sessions, accesses] = await Promise.all([
    get('/v1/account', { signal }),
    get('/v1/account/sessions', { query: { limit: 100 }, signal }),
    get('/v1/account/access-log', { query: { limit: 10 }, signal }),
  ]);
  return {
    account: account.data,
    etag: account.etag,
    sessions: sessions.data.items,
    accesses: accesses.data,
  };
}
