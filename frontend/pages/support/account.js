/** One account: who it is, what it belongs to, how it logs in, and what stops it. */
import { alert } from '../../components/alert/alert.js';
import { accountBadge } from '../../components/badge/badge.js';
import { breadcrumb } from '../../components/breadcrumb/breadcrumb.js';
import { summaryList } from '../../components/summary-list/summary-list.js';
import { get } from '../../lib/api.js';
import { dayElement, formatExact, timeElement } from '../../lib/dates.js';
import { personName } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { session } from '../../lib/store.js';
import { adminActs } from './account/acts.js';
import { memberships } from './account/memberships.js';

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: ({ account }) => personName(account),
  load,
  render({ account }, ctx) {
    return h(
      'div',
      null,
      breadcrumb([{ href: '/comptes', text: t('accounts.title') }, { text: personName(account) }]),
      h(
        'div',
        { class: 'page-head' },
        h('h1', null, personName(account)),
        accountBadge(account.state),
      ),
      account.suspension && suspension(account.suspension),
      account.second_factor.reset && factorReset(account.second_factor.reset),
      facts(account),
      memberships(account, ctx),
      session.hasRole('admin') && adminActs(account, ctx),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load({ params: { id }, signal }) {
  return { account: (await get('/v1/accounts/{id}', { params: { id }, signal })).data };
}

/** @param {Contract['Suspension']} found */
function suspension({ reason, since, until, by }) {
  return alert(
    'warning',
    h(
      'div',
      null,
      h(
        'p',
        null,
        t(until ? 'accounts.suspended_until' : 'accounts.suspended_since', {
          since: formatExact(since),
          until: until ? formatExact(until) : '',
          by: by ? personName(by) : t('audit.program'),
        }),
      ),
      h('p', null, t('accounts.reason_given', { reason })),
    ),
  );
}

/** @param {Contract['SecondFactorReset']} found */
function factorReset({ reason, asked_by: by, due_at: due }) {
  return alert(
    'warning',
    h(
      'div',
      null,
      h('p', null, t('accounts.reset_due', { by: personName(by), due: formatExact(due) })),
      h('p', null, t('accounts.reason_given', { reason })),
    ),
  );
}

/** @param {Contract['AccountOverview']} account */
function facts(account) {
  const ways = [
    account.has_password && t('login.password'),
    ...account.identities.map((issuer) => t('accounts.identity', { issuer })),
  ].filter(Boolean);
  return summaryList([
    [t('login.email'), h('a', { href: `mailto:${account.email}` }, account.email)],
    [
      t('staff.role'),
      account.roles.map((r) =>
        h('div', null, t(`role.${r.role}`), r.product ? ` – ${r.product}` : ''),
      ),
    ],
    [t('accounts.ways'), ways.join(', ')],
    [
      t('accounts.second_factor'),
      t(account.second_factor.enrolled ? 'accounts.factor_set' : 'accounts.factor_none'),
    ],
    [t('accounts.sessions'), String(account.sessions)],
    [t('accounts.programs'), String(account.programs)],
    [t('accounts.webhooks'), String(account.webhooks)],
    [t('accounts.created'), dayElement(account.created_at)],
    [
      t('accounts.last_login'),
      account.last_login_at ? timeElement(account.last_login_at) : t('accounts.never'),
    ],
    session.hasRole('admin') && [
      t('accounts.journal'),
      h('a', { href: `/journal?objet=${account.id}` }, t('accounts.journal_link')),
    ],
  ]);
}
