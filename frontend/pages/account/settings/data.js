/** Export of one's own data and deletion of the account. */
import { act } from '../../../components/act/act.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { exportButton } from '../../../components/export-button/export-button.js';
import { checkboxField, textField } from '../../../components/field/field.js';
import { loadedPart } from '../../../components/loaded-part/loaded-part.js';
import { del, get } from '../../../lib/api.js';
import { h } from '../../../lib/h.js';
import { list, t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';
import { plain } from '../../../lib/typed.js';

/**
 * @param {Contract['Account']} account
 * @param {import('../../../lib/router.js').Context} ctx
 */
export function dataSection(account, ctx) {
  return [
    h('h3', null, t('account.export_title')),
    h('p', null, t('account.export_text')),
    exportButton(t('account.export'), { order: () => ({ kind: 'account' }), signal: ctx.signal }),
    h('p', null, h('a', { href: '/exports' }, t('exports.see'))),
    h('h3', null, t('account.delete_title')),
    h('p', null, t('account.delete_text')),
    deletion(account, ctx),
  ];
}

/** The states in which a request needs its applicant. */
const LIVE = new Set(['draft', 'submitted', 'changes_requested', 'approved']);

/**
 * The requests that would lose their applicant, and the button.
 * @param {Contract['Account']} account
 * @param {import('../../../lib/router.js').Context} ctx
 */
function deletion(account, { signal }) {
  const { place, draw } = loadedPart(async () => {
    const query = { relation: /** @type {const} */ ('applicant'), limit: 100 };
    const { data } = await get('/v1/requests', { query, signal });
    const live = data.items.filter(({ state }) => LIVE.has(state));
    return [
      h('div', null, live.length > 0 && carried(live)),
      h(
        'p',
        null,
        h(
          'button',
          { type: 'button', class: 'danger', onclick: act(() => remove(account, live.length)) },
          t('account.delete'),
        ),
      ),
    ];
  });
  void draw();
  return place;
}

/** @param {Contract['RequestSummary'][]} live */
function carried(live) {
  return [
    h('p', null, t('account.delete_carried', { count: live.length })),
    h(
      'ul',
      { id: 'requests-carried' },
      live.map(({ id, number, title }) =>
        h('li', null, h('a', { href: `/demandes/${id}` }, `${number} ${title ?? ''}`.trim())),
      ),
    ),
    h('p', null, t('account.delete_carried_next')),
  ];
}

/**
 * @param {Contract['Account']} account
 * @param {number} carriedCount requests that would lose their applicant
 */
function remove(account, carriedCount) {
  const email = textField({
    name: 'email',
    label: t('account.delete_confirm', { email: account.email }),
    autocomplete: 'off',
    validate: (typed) =>
      plain(typed).toLowerCase() === account.email.toLowerCase()
        ? null
        : t('account.delete_mismatch'),
  });
  const leave = checkboxField({
    name: 'leave',
    label: t('account.delete_leave', { count: carriedCount }),
  });
  return askDialog({
    title: t('account.delete_title'),
    content: h(
      'ul',
      null,
      list('account.delete_effects').map((text) => h('li', null, text)),
    ),
    fields: [...(carriedCount > 0 ? [leave] : []), email],
    submit: t('account.delete'),
    danger: true,
    onsubmit: async () => {
      await del('/v1/account', { body: { leave_requests: carriedCount > 0 } });
      await session.load();
    },
  });
}
