/** The members of the organisation acted for; reporting one. */
import { act } from '../../../components/act/act.js';
import { membershipBadge } from '../../../components/badge/badge.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { textArea } from '../../../components/field/field.js';
import { pagedList } from '../../../components/pager/pager.js';
import { dataTable } from '../../../components/table/table.js';
import { get, post } from '../../../lib/api.js';
import { dayElement } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { personName } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';
import { leave } from './memberships.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/** Members on one page of the list. */
export const MEMBERS_SHOWN = 50;

/**
 * @param {Contract['Organisation']} organisation
 * @param {Contract['MembershipPage']} members
 * @param {Context} ctx
 */
export function memberList(organisation, members, ctx) {
  return [
    h('h2', null, t('organisation.members')),
    h('p', null, t('organisation.members_text')),
    pagedList({
      first: members,
      more: async (cursor) =>
        (
          await get('/v1/organisations/{siret}/members', {
            params: { siret: organisation.siret },
            query: { cursor, limit: MEMBERS_SHOWN },
          })
        ).data,
      draw: (rows) =>
        dataTable({
          caption: t('organisation.members'),
          rows,
          columns: [
            { label: t('organisation.person'), head: true, cell: (m) => personName(m.account) },
            { label: t('login.email'), cell: (m) => m.account.email },
            { label: t('organisation.state'), cell: (m) => membershipBadge(m.state) },
            { label: t('organisation.since'), cell: (m) => dayElement(m.created_at) },
            { label: t('organisation.act'), cell: (m) => memberAct(m, ctx) },
          ],
        }),
    }),
  ];
}

/**
 * @param {Contract['Membership']} membership
 * @param {Context} ctx
 */
function memberAct(membership, ctx) {
  const name = personName(membership.account);
  const self = membership.account.id === session.me.id;
  return h(
    'button',
    {
      type: 'button',
      class: 'plain',
      onclick: act(() => (self ? leave(membership, ctx) : report(membership))),
    },
    self
      ? t('organisation.leave')
      : [t('organisation.report'), h('span', { class: 'visually-hidden' }, ` : ${name}`)],
  );
}

/** @param {Contract['Membership']} membership */
async function report(membership) {
  const name = personName(membership.account);
  const comment = textArea({
    name: 'comment',
    label: t('organisation.report_comment'),
    optional: true,
    maxlength: 20000,
  });
  const done = await askDialog({
    title: t('organisation.report_title', { name }),
    content: h('p', null, t('organisation.report_text')),
    fields: [comment],
    submit: t('organisation.report_submit'),
    onsubmit: async (values, { idempotencyKey }) => {
      await post('/v1/memberships/{id}/report', {
        params: { id: membership.id },
        body: values.comment ? { comment: values.comment } : {},
        idempotencyKey,
      });
    },
  });
  if (done) announce(t('organisation.reported', { name }));
}
