/** The organisation acted for, its members, one's other memberships; joining, leaving, reporting. */
import { alert } from '../../components/alert/alert.js';
import { emptyState } from '../../components/page-states/page-states.js';
import {
  establishmentBadges,
  readEstablishment,
  succession,
} from '../../components/siret-search/siret-search.js';
import { get } from '../../lib/api.js';
import { formatSiret } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { settings } from '../../lib/settings.js';
import { session } from '../../lib/store.js';
import { MEMBERS_SHOWN, memberList } from './detail/members.js';
import { others } from './detail/memberships.js';
import { join } from './detail/join.js';

/** @typedef {import('../../lib/router.js').Context} Context */

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('organisation.title'),
  load,
  render(data, ctx) {
    const joining = join(ctx);
    return h(
      'div',
      null,
      h('h1', null, t('organisation.title')),
      session.memberships
        .filter((m) => m.state === 'suspended')
        .map((m) => suspension(m, data.site.support_email)),
      data.organisation
        ? currentOne(data, ctx, joining.take)
        : emptyState({ title: t('organisation.none_title'), text: t('organisation.none_text') }),
      others(ctx),
      joining.element,
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load(ctx) {
  await session.load();
  const { current } = session;
  const [site, organisation, members] = await Promise.all([
    settings(),
    current &&
      get('/v1/organisations/{siret}', { params: { siret: current.siret }, signal: ctx.signal }),
    current?.state === 'active' &&
      get('/v1/organisations/{siret}/members', {
        params: { siret: current.siret },
        query: { limit: MEMBERS_SHOWN },
        signal: ctx.signal,
      }),
  ]);
  const directory = organisation?.data.open === false && (await readEstablishment(current.siret));
  return {
    site,
    organisation: organisation?.data ?? null,
    successor: (directory && directory.successor) || null,
    members: members ? members.data : null,
  };
}

/**
 * @param {Contract['Membership']} membership
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
 * @param {Loaded & {organisation: Contract['Organisation']}} data
 * @param {Context} ctx
 * @param {(siret: string) => void} take fills in the form that joins another one
 */
function currentOne({ organisation, members, successor }, ctx, take) {
  return h(
    'section',
    null,
    card(organisation),
    successor && succession(successor, take),
    members
      ? memberList(organisation, members, ctx)
      : alert('information', t('organisation.external')),
  );
}

/** @param {Contract['Organisation']} organisation */
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
