/** What an account belongs to; support may end it. */
import { act } from '../../../components/act/act.js';
import { membershipBadge } from '../../../components/badge/badge.js';
import { dataTable } from '../../../components/table/table.js';
import { post } from '../../../lib/api.js';
import { announce } from '../../../lib/focus.js';
import { formatSiret, personName } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';
import { askReason } from './reason.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {Contract['AccountOverview']} account
 * @param {Context} ctx
 */
export function memberships(account, ctx) {
  const isOwn = account.id === session.me.id;
  return h(
    'section',
    null,
    h('h2', null, t('accounts.memberships')),
    account.memberships.length === 0
      ? h('p', null, t('accounts.no_membership'))
      : dataTable({
          caption: t('accounts.memberships'),
          rows: account.memberships,
          columns: [
            { label: t('requests.organisation'), head: true, cell: nameOf },
            { label: 'SIRET', cell: (m) => formatSiret(m.siret) },
            {
              label: t('accounts.state'),
              whole: true,
              cell: (m) => [
                membershipBadge(m.state),
                m.reason && h('div', { class: 'muted' }, m.reason),
              ],
            },
            {
              label: t('organisation.act'),
              cell: (m) =>
                !isOwn &&
                m.state !== 'refused' &&
                h(
                  'button',
                  { type: 'button', class: 'plain', onclick: act(() => end(account, m, ctx)) },
                  t('accounts.end_membership'),
                  h('span', { class: 'visually-hidden' }, ` : ${nameOf(m)}`),
                ),
            },
          ],
        }),
  );
}

/** @param {Contract['Membership']} membership */
function nameOf(membership) {
  return membership.organisation_name ?? formatSiret(membership.siret);
}

/**
 * @param {Contract['AccountOverview']} account
 * @param {Contract['Membership']} membership
 * @param {Context} ctx
 */
async function end(account, membership, ctx) {
  const done = await askReason({
    title: t('accounts.end_membership_title', {
      name: personName(account),
      organisation: nameOf(membership),
    }),
    text: t('accounts.end_membership_text'),
    submit: t('accounts.end_membership'),
    onsubmit: async ({ reason }, { idempotencyKey }) => {
      await post('/v1/memberships/{id}/ending', {
        params: { id: membership.id },
        body: { reason },
        idempotencyKey,
      });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('accounts.done', { name: personName(account) }));
}
