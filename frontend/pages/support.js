/** Support's queue: who asks to join which organisation, the evidence beside, three verdicts. */
import { badge } from '../components/badge/badge.js';
import { askDialog } from '../components/dialog/dialog.js';
import { checkboxField, textArea } from '../components/field/field.js';
import { emptyState } from '../components/page-states/page-states.js';
import { pagedList } from '../components/pager/pager.js';
import { summaryList } from '../components/summary-list/summary-list.js';
import { get, post } from '../lib/api.js';
import { timeElement } from '../lib/dates.js';
import { announce } from '../lib/focus.js';
import { formatSiret, personName } from '../lib/format.js';
import { h } from '../lib/h.js';
import { t } from '../lib/i18n.js';

/** @typedef {import('../lib/router.js').Context} Context */

/** @type {import('../lib/router.js').Page} */
export default {
  title: () => t('support.title'),
  load: async (ctx) => {
    const [suspended, reported] = await Promise.all([
      readPage(ctx, { state: 'suspended' }),
      readPage(ctx, { reported: 'true' }),
    ]);
    return { suspended, reported };
  },
  render({ suspended, reported }, ctx) {
    return h(
      'div',
      null,
      h('h1', null, t('support.title')),
      h('p', { class: 'lead' }, t('support.text')),
      h('h2', null, t('support.waiting')),
      suspended.items.length === 0
        ? emptyState({ title: t('support.none'), text: t('support.none_text') })
        : pagedList({
            first: suspended,
            more: (cursor) => readPage(ctx, { state: 'suspended', cursor }),
            draw: (rows) => cases(rows, ctx),
          }),
      reported.items.length > 0 && [
        h('h2', null, t('support.reported')),
        h('p', null, t('support.reported_text')),
        pagedList({
          first: reported,
          more: (cursor) => readPage(ctx, { reported: 'true', cursor }),
          draw: (rows) => cases(rows, ctx),
        }),
      ],
    );
  },
};

/**
 * @param {Context} ctx
 * @param {Record<string, string>} query
 */
async function readPage(ctx, query) {
  return (await get('/v1/memberships', { query, signal: ctx.signal })).data;
}

/**
 * @param {any[]} rows
 * @param {Context} ctx
 */
function cases(rows, ctx) {
  return h(
    'ul',
    { class: 'plain-list' },
    rows.map((row) => h('li', { class: 'card' }, oneCase(row, ctx))),
  );
}

/**
 * @param {any} row
 * @param {Context} ctx
 */
function oneCase(row, ctx) {
  const { evidence } = row;
  const organisation = row.organisation_name ?? formatSiret(row.siret);
  const name = personName(row.account);
  const button = (/** @type {string} */ outcome, kind = '') =>
    h(
      'button',
      { type: 'button', class: kind, onclick: () => void resolve(row, outcome, ctx) },
      t(`support.${outcome}`),
      h('span', { class: 'visually-hidden' }, ` : ${name}`),
    );
  return [
    h('h3', null, name, ' → ', organisation),
    h('p', null, row.account.email, ' · ', timeElement(row.created_at)),
    summaryList([
      [
        t('support.domain'),
        [
          h('strong', null, evidence.domain),
          ' ',
          evidence.free_mail && badge('warning', '▲', t('support.free_mail')),
        ],
      ],
      [
        t('support.member_domains'),
        evidence.member_domains.map((/** @type {any} */ d) => [
          `${d.domain} (${t('support.members', { count: d.members })})`,
          h('br'),
        ]),
      ],
      [t('support.trusted'), evidence.trusted_domains.join(', ')],
      [t('support.directory'), directory(evidence.organisation)],
      [t('support.earlier'), earlier(evidence.earlier_resolutions)],
      evidence.reports.length > 0 && [
        t('support.reports'),
        evidence.reports.map((/** @type {any} */ r) =>
          h(
            'p',
            null,
            `${personName(r.by)} – `,
            timeElement(r.at),
            r.comment && h('br'),
            r.comment,
          ),
        ),
      ],
    ]),
    h(
      'div',
      { class: 'actions' },
      button('accept', 'primary'),
      button('accept_as_external'),
      button('refuse', 'danger'),
    ),
  ];
}

/** @param {any} organisation */
function directory(organisation) {
  const { address } = organisation;
  return [
    organisation.name,
    h('br'),
    formatSiret(organisation.siret),
    address && [
      h('br'),
      [address.street, address.postal_code, address.city].filter(Boolean).join(' '),
    ],
  ];
}

/** @param {any[]} list */
function earlier(list) {
  if (list.length === 0) return t('support.no_earlier');
  return list.map((r) =>
    h(
      'p',
      null,
      `${t(`support.${r.outcome}`)} – ${r.domain} – `,
      timeElement(r.at),
      r.reason && [h('br'), r.reason],
    ),
  );
}

/**
 * @param {any} row
 * @param {string} outcome
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
    wrong: { 409: t('support.already') },
    onsubmit: async (values, { idempotencyKey }) => {
      const body = {
        outcome,
        ...(values.reason ? { reason: values.reason } : {}),
        ...(values.trust_domain ? { trust_domain: true } : {}),
      };
      await post(`/v1/memberships/${row.id}/resolution`, body, { idempotencyKey });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('support.done', { name }), 'assertive');
}
