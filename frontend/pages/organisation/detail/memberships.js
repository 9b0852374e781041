/** One's other memberships: act for one, leave one. */
import { act } from '../../../components/act/act.js';
import { membershipBadge } from '../../../components/badge/badge.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { del, get, patch } from '../../../lib/api.js';
import { announce } from '../../../lib/focus.js';
import { formatSiret } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {Contract['Membership']} membership
 * @param {Context} ctx
 */
export async function leave(membership, ctx) {
  const name = membership.organisation_name ?? formatSiret(membership.siret);
  const done = await askDialog({
    title: t('organisation.leave_title', { name }),
    content: h('p', null, t('organisation.leave_text')),
    submit: t('organisation.leave_submit'),
    danger: true,
    onsubmit: async () =>
      void (await del('/v1/memberships/{id}', { params: { id: membership.id } })),
  });
  if (!done) return;
  await session.load();
  await ctx.reload();
  announce(t('organisation.left', { name }));
}

/** @param {Context} ctx */
export function others(ctx) {
  const list = session.memberships.filter((m) => m !== session.current && m.state !== 'suspended');
  if (list.length === 0) return null;
  return h(
    'section',
    null,
    h('h2', null, t('organisation.other_memberships')),
    h(
      'ul',
      { class: 'grid-cards' },
      list.map((m) =>
        h(
          'li',
          { class: 'card' },
          h(
            'p',
            null,
            h('strong', null, m.organisation_name ?? formatSiret(m.siret)),
            ' ',
            membershipBadge(m.state),
          ),
          m.state === 'refused' && m.reason && h('p', null, m.reason),
          m.state !== 'refused' &&
            h(
              'div',
              { class: 'actions' },
              h(
                'button',
                { type: 'button', onclick: act(() => actFor(m, ctx)) },
                t('organisation.act_for'),
              ),
              h(
                'button',
                { type: 'button', class: 'plain', onclick: act(() => leave(m, ctx)) },
                t('organisation.leave'),
              ),
            ),
        ),
      ),
    ),
  );
}

/**
 * @param {Contract['Membership']} membership
 * @param {Context} ctx
 */
async function actFor(membership, ctx) {
  const { etag } = await get('/v1/account');
  await patch('/v1/account', { body: { current_siret: membership.siret }, etag });
  await ctx.reload();
}
