/** The organisation acted for, its members, one's other memberships; joining, leaving, reporting. */
import { alert } from '../components/alert/alert.js';
import { membershipBadge } from '../components/badge/badge.js';
import { askDialog } from '../components/dialog/dialog.js';
import { textArea } from '../components/field/field.js';
import { createForm } from '../components/form/form.js';
import { emptyState } from '../components/page-states/page-states.js';
import { pagedList } from '../components/pager/pager.js';
import { establishmentBadges, siretSearch } from '../components/siret-search/siret-search.js';
import { dataTable } from '../components/table/table.js';
import { del, get, patch, post } from '../lib/api.js';
import { dayElement } from '../lib/dates.js';
import { announce } from '../lib/focus.js';
import { formatSiret, personName } from '../lib/format.js';
import { h } from '../lib/h.js';
import { t } from '../lib/i18n.js';
import { settings } from '../lib/settings.js';
import { session } from '../lib/store.js';

/** @typedef {import('../lib/router.js').Context} Context */

const MEMBERS_SHOWN = 50;

/** @type {import('../lib/router.js').Page} */
export default {
  title: () => t('organisation.title'),
  async load(ctx) {
    await session.load();
    const { current } = session;
    const path = `/v1/organisations/${current?.siret}`;
    const [site, organisation, members] = await Promise.all([
      settings(),
      current && get(path, { signal: ctx.signal }),
      current?.state === 'active' &&
        get(`${path}/members`, { query: { limit: MEMBERS_SHOWN }, signal: ctx.signal }),
    ]);
    return {
      site,
      organisation: organisation?.data ?? null,
      members: members ? members.data : null,
    };
  },
  render(data, ctx) {
    return h(
      'div',
      null,
      h('h1', null, t('organisation.title')),
      session.memberships
        .filter((m) => m.state === 'suspended')
        .map((m) => suspension(m, data.site.support_email)),
      data.organisation
        ? currentOne(data, ctx)
        : emptyState({ title: t('organisation.none_title'), text: t('organisation.none_text') }),
      others(ctx),
      join(ctx),
    );
  },
};

/**
 * @param {any} membership
 * @param {string} email
 */
function suspension(membership, email) {
  const name = membership.organisation_name ?? formatSiret(membership.siret);
  return alert(
    'warning',
    t('organisation.suspended', { name }),
    h('p', null, h('a', { href: `mailto:${email}` }, email)),
  );
}

/**
 * @param {any} data
 * @param {Context} ctx
 */
function currentOne({ organisation, members }, ctx) {
  return h(
    'section',
    null,
    card(organisation),
    members
      ? memberList(organisation, members, ctx)
      : alert('information', t('organisation.external')),
  );
}

/** @param {any} organisation */
function card(organisation) {
  const { name, siret, address, state, eligibility_ground: ground } = organisation;
  return h(
    'div',
    { class: 'card' },
    h('h2', null, name ?? formatSiret(siret)),
    h('p', null, address),
    h('p', { class: 'muted' }, t('siret.number', { siret: formatSiret(siret) })),
    state === 'pending_directory'
      ? alert('information', t('organisation.pending'))
      : establishmentBadges(organisation),
    ground && h('p', { class: 'small' }, t(`siret.ground_${ground}`)),
  );
}

/**
 * @param {any} organisation
 * @param {any} members
 * @param {Context} ctx
 */
function memberList(organisation, members, ctx) {
  const path = `/v1/organisations/${organisation.siret}/members`;
  return [
    h('h2', null, t('organisation.members')),
    h('p', null, t('organisation.members_text')),
    pagedList({
      first: members,
      more: async (cursor) => (await get(path, { query: { cursor, limit: MEMBERS_SHOWN } })).data,
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
 * @param {any} membership
 * @param {Context} ctx
 */
function memberAct(membership, ctx) {
  const name = personName(membership.account);
  const self = membership.account.id === session.account.id;
  return h(
    'button',
    {
      type: 'button',
      class: 'plain',
      onclick: () => void (self ? leave(membership, ctx) : report(membership)),
    },
    self
      ? t('organisation.leave')
      : [t('organisation.report'), h('span', { class: 'visually-hidden' }, ` : ${name}`)],
  );
}

/** @param {any} membership */
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
      await post(
        `/v1/memberships/${membership.id}/report`,
        values.comment ? { comment: values.comment } : {},
        { idempotencyKey },
      );
    },
  });
  if (done) announce(t('organisation.reported', { name }));
}

/**
 * @param {any} membership
 * @param {Context} ctx
 */
async function leave(membership, ctx) {
  const name = membership.organisation_name ?? formatSiret(membership.siret);
  const done = await askDialog({
    title: t('organisation.leave_title', { name }),
    content: h('p', null, t('organisation.leave_text')),
    submit: t('organisation.leave_submit'),
    danger: true,
    onsubmit: async () => void (await del(`/v1/memberships/${membership.id}`)),
  });
  if (!done) return;
  await session.load();
  await ctx.reload();
  announce(t('organisation.left', { name }));
}

/** @param {Context} ctx */
function others(ctx) {
  const list = session.memberships.filter((m) => m !== session.current && m.state !== 'suspended');
  if (list.length === 0) return null;
  return h(
    'section',
    null,
    h('h2', null, t('organisation.others')),
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
                { type: 'button', onclick: () => void actFor(m, ctx) },
                t('organisation.act_for'),
              ),
              h(
                'button',
                { type: 'button', class: 'plain', onclick: () => void leave(m, ctx) },
                t('organisation.leave'),
              ),
            ),
        ),
      ),
    ),
  );
}

/**
 * @param {any} membership
 * @param {Context} ctx
 */
async function actFor(membership, ctx) {
  const { etag } = await get('/v1/account');
  await patch('/v1/account', { current_siret: membership.siret }, { etag });
  await ctx.reload();
}

/** @param {Context} ctx */
function join(ctx) {
  const siret = siretSearch({
    name: 'siret',
    label: t('signup.siret'),
    hint: t('signup.siret_hint'),
  });
  const form = createForm({
    fields: [siret],
    submit: t('organisation.join'),
    wrong: { 409: t('organisation.already') },
    onsubmit: async (values, { idempotencyKey }) => {
      const { data } = await post(`/v1/organisations/${values.siret}/members`, undefined, {
        idempotencyKey,
      });
      await session.load();
      await ctx.reload();
      announce(t(`organisation.joined_${data.state}`), 'assertive');
    },
  });
  return h(
    'section',
    null,
    h('h2', null, t('organisation.join_title')),
    h('p', null, t('organisation.join_text')),
    form.element,
  );
}
