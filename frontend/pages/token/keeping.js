/** Keeping a token: addresses, rotation, sharing, prolongation, revocation. */
import { alert } from '../../components/alert/alert.js';
import { badge } from '../../components/badge/badge.js';
import { askDialog } from '../../components/dialog/dialog.js';
import {
  choiceField,
  dateField,
  numberField,
  textArea,
  textField,
} from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { errorBox } from '../../components/page-states/page-states.js';
import { dataTable } from '../../components/table/table.js';
import { ApiError, del, get, patch, post } from '../../lib/api.js';
import { formatDay, timeElement } from '../../lib/dates.js';
import { announce, focusOn } from '../../lib/focus.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { exampleLine } from './example.js';
import { shownSecret } from './secret.js';

/** @typedef {import('../../lib/router.js').Context} Context */
/** @typedef {{token: any, etag: string | null}} Loaded */

const OVERLAP_DAYS_MAX = 30;
const OVERLAP_DAYS_USUAL = 7;

/**
 * @param {Loaded} loaded
 * @param {Context} ctx
 */
export function keepingPanel(loaded, ctx) {
  const { token } = loaded;
  const may = (/** @type {string} */ act) => token.permissions.includes(act);
  if (token.state === 'revoked') return null;
  return h(
    'div',
    null,
    may('prolong') && prolongation(token, ctx),
    may('set_addresses') && addresses(loaded, ctx),
    may('rotate') && rotation(token),
    may('share') && shares(token),
    may('revoke') && revocation(token, ctx),
  );
}

/**
 * @param {any} token
 * @param {Context} ctx
 */
function prolongation(token, ctx) {
  return h(
    'section',
    null,
    h('h2', null, t('token.prolong_title')),
    h('p', null, t('token.prolong_text')),
    h('button', { type: 'button', onclick: () => void prolong(token, ctx) }, t('token.prolong')),
  );
}

/**
 * @param {any} token
 * @param {Context} ctx
 */
async function prolong(token, ctx) {
  /** @param {string} name */
  const question = (name) =>
    choiceField({
      name,
      label: t(`token.prolong_${name}`),
      options: [
        { value: 'yes', label: t('common.yes') },
        { value: 'no', label: t('common.no') },
      ],
    });
  const names = ['still_in_charge', 'purpose_unchanged', 'contacts_unchanged'];
  let answer = /** @type {any} */ (null);
  const done = await askDialog({
    title: t('token.prolong_title'),
    content: h('p', null, t('token.prolong_questions')),
    fields: names.map(question),
    submit: t('token.prolong'),
    onsubmit: async (values, { idempotencyKey }) => {
      const body = Object.fromEntries(names.map((name) => [name, values[name] === 'yes']));
      answer = (await post(`/v1/tokens/${token.id}/prolongation`, body, { idempotencyKey })).data;
    },
  });
  if (!done) return;
  if (answer.outcome === 'request_reopened') {
    announce(t('token.reopened'), 'assertive');
    ctx.navigate(`/demandes/${answer.request_id}/formulaire`);
    return;
  }
  await ctx.reload();
  announce(t('token.prolonged', { day: formatDay(answer.expires_at) }), 'assertive');
}

/**
 * @param {Loaded} loaded
 * @param {Context} ctx
 */
function addresses({ token, etag }, ctx) {
  const field = textArea({
    name: 'allowed_ips',
    label: t('token.addresses'),
    hint: t('token.addresses_hint'),
    optional: true,
    rows: 3,
    value: token.allowed_ips.join('\n'),
    attributes: { spellcheck: 'false', autocapitalize: 'off' },
  });
  const form = createForm({
    fields: [field],
    submit: t('token.addresses_save'),
    wrong: { 412: t('token.changed_meanwhile') },
    onsubmit: async (values) => {
      const list = values.allowed_ips.split(/[\s,;]+/).filter(Boolean);
      await patch(`/v1/tokens/${token.id}`, { allowed_ips: list }, { etag });
      await ctx.reload();
      announce(t('common.saved'));
    },
  });
  return h(
    'section',
    null,
    h('h2', null, t('token.addresses_title')),
    h('p', null, t('token.addresses_text')),
    form.element,
  );
}

/** @param {any} token */
function rotation(token) {
  const place = h('div', null);
  const start = h('button', { type: 'button', onclick: () => void rotate() }, t('token.rotate'));
  replaceChildren(place, start);

  async function rotate() {
    let answer = /** @type {any} */ (null);
    const done = await askDialog({
      title: t('token.rotate_title'),
      content: [
        h('p', null, t('token.rotate_text')),
        token.rotation &&
          alert('warning', t('token.rotate_again', { day: formatDay(token.rotation.good_until) })),
      ],
      fields: [
        numberField({
          name: 'overlap_days',
          label: t('token.overlap_days'),
          hint: t('token.overlap_hint'),
          value: OVERLAP_DAYS_USUAL,
          unit: t('token.days'),
          validate: (days) =>
            Number.isInteger(days) && days >= 0 && days <= OVERLAP_DAYS_MAX
              ? null
              : t('token.overlap_wrong'),
        }),
      ],
      submit: t('token.rotate'),
      onsubmit: async (values) => {
        answer = (await post(`/v1/tokens/${token.id}/rotation`, values)).data;
      },
    });
    if (!done) return;
    const shown = shownSecret(answer.token, await exampleLine(token));
    replaceChildren(
      place,
      alert('good', t('token.rotated', { day: formatDay(answer.former_good_until) })),
      shown,
    );
    focusOn(shown.querySelector('h2'));
  }
  return h(
    'section',
    null,
    h('h2', null, t('token.rotate_title')),
    h('p', null, t('token.rotate_text')),
    h('p', { class: 'muted' }, t('token.rotate_others')),
    place,
  );
}

/** @param {any} token */
function shares(token) {
  const path = `/v1/tokens/${token.id}/shares`;
  const place = h('div', { 'aria-live': 'polite' });
  const email = textField({
    name: 'email',
    type: 'email',
    label: t('token.share_email'),
    hint: t('token.share_hint'),
    autocomplete: 'off',
    inputmode: 'email',
  });
  const form = createForm({
    fields: [email],
    submit: t('token.share'),
    onsubmit: async (values, { idempotencyKey }) => {
      await post(path, values, { idempotencyKey });
      email.value = '';
      announce(t('token.shared', { email: values.email }));
      await draw();
    },
  });

  async function draw() {
    try {
      const { data } = await get(path, { query: { limit: 20 } });
      replaceChildren(place, data.items.length > 0 && shareTable(data.items, cancel));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      replaceChildren(
        place,
        errorBox(error, () => void draw()),
      );
    }
  }

  /** @param {any} share */
  async function cancel(share) {
    await del(`${path}/${share.id}`).catch(form.fail);
    await draw();
  }

  void draw();
  return h(
    'section',
    null,
    h('h2', null, t('token.share_title')),
    h('p', null, t('token.share_text')),
    form.element,
    place,
  );
}

/** @type {Record<string, [string, string]>} */
const SHARE_BADGES = {
  pending: ['information', '●'],
  used: ['good', '✓'],
  cancelled: ['quiet', '□'],
  expired: ['quiet', '◌'],
};

/**
 * @param {any[]} rows
 * @param {(share: any) => Promise<void>} cancel
 */
function shareTable(rows, cancel) {
  return dataTable({
    caption: t('token.share_title'),
    rows,
    columns: [
      { label: t('token.share_to'), head: true, cell: (s) => s.email },
      {
        label: t('tokens.state'),
        cell: (s) => badge(...SHARE_BADGES[s.state], t(`token.share_${s.state}`)),
      },
      { label: t('token.share_sent'), cell: (s) => timeElement(s.created_at) },
      {
        label: t('token.share_act'),
        cell: (s) =>
          s.state === 'pending' &&
          h(
            'button',
            { type: 'button', class: 'plain', onclick: () => void cancel(s) },
            t('token.share_cancel'),
            h('span', { class: 'visually-hidden' }, ` : ${s.email}`),
          ),
      },
    ],
  });
}

/**
 * @param {any} token
 * @param {Context} ctx
 */
function revocation(token, ctx) {
  return h(
    'section',
    null,
    h('h2', null, t('token.revoke_title')),
    h('p', null, t('token.revoke_text')),
    h(
      'button',
      { type: 'button', class: 'danger', onclick: () => void revoke(token, ctx) },
      t('token.revoke'),
    ),
  );
}

/**
 * @param {any} token
 * @param {Context} ctx
 */
async function revoke(token, ctx) {
  const done = await askDialog({
    title: t('token.revoke_title'),
    content: alert('warning', t('token.revoke_loss')),
    fields: [
      textArea({ name: 'reason', label: t('token.revoke_reason'), rows: 3, maxlength: 20000 }),
      dateField({
        name: 'at',
        label: t('token.revoke_at'),
        hint: t('token.revoke_at_hint'),
        optional: true,
      }),
    ],
    submit: t('token.revoke'),
    danger: true,
    onsubmit: async ({ reason, at }, { idempotencyKey }) => {
      const body = at ? { reason, at: new Date(`${at}T00:00:00`).toISOString() } : { reason };
      await post(`/v1/tokens/${token.id}/revocation`, body, { idempotencyKey });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('token.revoked'), 'assertive');
}

/**
 * Takes a planned revocation back; stands beside the word that announces it.
 * @param {any} token
 * @param {Context} ctx
 */
export function withdrawal(token, ctx) {
  return h(
    'p',
    null,
    h('button', { type: 'button', onclick: () => void withdraw(token, ctx) }, t('token.withdraw')),
  );
}

/**
 * @param {any} token
 * @param {Context} ctx
 */
async function withdraw(token, ctx) {
  const done = await askDialog({
    title: t('token.withdraw'),
    content: h('p', null, t('token.withdraw_text', { day: formatDay(token.revocation_at) })),
    submit: t('token.withdraw'),
    cancel: t('token.withdraw_keep'),
    onsubmit: async () => void (await del(`/v1/tokens/${token.id}/revocation`)),
  });
  if (!done) return;
  await ctx.reload();
  announce(t('token.withdrawn'), 'assertive');
}
