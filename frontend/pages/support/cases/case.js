/** One case: the person, the evidence beside, and the three verdicts. */
import { act } from '../../../components/act/act.js';
import { badge, membershipBadge } from '../../../components/badge/badge.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { checkboxField, textArea } from '../../../components/field/field.js';
import { establishmentBadges } from '../../../components/siret-search/siret-search.js';
import { summaryList } from '../../../components/summary-list/summary-list.js';
import { post } from '../../../lib/api.js';
import { timeElement } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { formatSiret, personName } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/** @type {[Contract['ResolutionOutcome'], string][]} */
const VERDICTS = [
  ['accept', 'primary'],
  ['accept_as_external', ''],
  ['refuse', 'danger'],
];

/**
 * @param {Contract['MembershipCase']} row
 * @param {Context} ctx
 */
export function caseCard(row, ctx) {
  const name = personName(row.account);
  return [
    h('h3', null, name, ' → ', row.organisation_name ?? formatSiret(row.siret)),
    h(
      'p',
      null,
      membershipBadge(row.state),
      ' ',
      h('a', { href: `mailto:${row.account.email}` }, row.account.email),
      ' · ',
      timeElement(row.created_at),
    ),
    evidence(row.evidence),
    isOpen(row) &&
      h(
        'div',
        { class: 'actions' },
        VERDICTS.map(([outcome, kind]) =>
          h(
            'button',
            { type: 'button', class: kind, onclick: act(() => resolve(row, outcome, ctx)) },
            t(`support.${outcome}`),
            h('span', { class: 'visually-hidden' }, ` : ${name}`),
          ),
        ),
      ),
  ];
}

/** Whether support may still decide: an active member without reports needs no decision. @param {Contract['MembershipCase']} row */
function isOpen(row) {
  return ['suspended', 'refused'].includes(row.state) || row.evidence.reports.length > 0;
}

/** @param {Contract['MembershipCase']['evidence']} found */
function evidence(found) {
  return summaryList([
    [
      t('support.domain'),
      [
        h('strong', null, found.domain),
        ' ',
        found.free_mail && badge('warning', '▲', t('support.free_mail')),
      ],
    ],
    found.excluded_before && [t('support.address'), t('support.excluded_before')],
    [
      t('support.member_domains'),
      found.member_domains.map((d) =>
        h('div', null, `${d.domain} (${t('support.members', { count: d.members })})`),
      ),
    ],
    [t('support.trusted'), found.trusted_domains.join(', ')],
    [t('support.directory'), directory(found.organisation)],
    [t('support.former_verdicts'), earlier(found.earlier_resolutions)],
    found.reports.length > 0 && [t('support.reports'), reports(found.reports)],
  ]);
}

/** @param {Contract['Organisation']} organisation */
function directory(organisation) {
  const { name, siret, address, state } = organisation;
  return [
    h('div', null, name ?? t('organisation.pending')),
    h('div', null, address),
    h('div', { class: 'muted' }, t('siret.number', { siret: formatSiret(siret) })),
    state !== 'pending_directory' && establishmentBadges(organisation),
  ];
}

/** @param {Contract['MembershipCase']['evidence']['earlier_resolutions']} list */
function earlier(list) {
  if (list.length === 0) return t('support.no_former_verdict');
  return list.map((r) =>
    h(
      'div',
      null,
      `${t(`support.former_${r.outcome}`)} – ${r.domain} – `,
      timeElement(r.at),
      r.reason && h('div', { class: 'muted' }, r.reason),
    ),
  );
}

/** @param {Contract['MembershipCase']['evidence']['reports']} list */
function reports(list) {
  return list.map((r) =>
    h(
      'div',
      null,
      `${personName(r.by)} – `,
      timeElement(r.at),
      r.comment && h('div', { class: 'muted' }, r.comment),
    ),
  );
}

/**
 * @param {Contract['MembershipCase']} row
 * @param {Contract['ResolutionOutcome']} outcome
 * @param {Context} ctx
 */
async function resolve(row, outcome, ctx) {
  const name = personName(row.account);
  const { domain, free_mail: freeMail } = row.evidence;
  const trust =
    outcome === 'accept' && !freeMail
      ? checkboxField({
          name: 'trust_domain',
          label: t('support.trust', { domain }),
          hint: t('support.trust_hint'),
          optional: true,
        })
      : null;
  const reason = textArea({
    name: 'reason',
    label: t('support.reason'),
    hint: t('support.reason_hint'),
    optional: outcome !== 'refuse',
    rows: 3,
    maxlength: 20000,
  });
  const done = await askDialog({
    title: t(`support.${outcome}_title`, { name }),
    content: h('p', null, t(`support.${outcome}_text`)),
    fields: [trust, reason].filter((f) => f !== null),
    submit: t(`support.${outcome}`),
    danger: outcome === 'refuse',
    wrong: { 409: t('support.already_decided'), 412: t('support.changed_meanwhile') },
    onsubmit: async (values, { idempotencyKey }) => {
      const body = {
        outcome,
        ...(values.reason ? { reason: values.reason } : {}),
        ...(values.trust_domain ? { trust_domain: true } : {}),
      };
      await post('/v1/memberships/{id}/resolution', {
        params: { id: row.id },
        body,
        etag: `"${row.version}"`,
        idempotencyKey,
      });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('support.done', { name }), 'assertive');
}
