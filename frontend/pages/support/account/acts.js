/** What an administrator does about an account that was taken over, or whose second factor was lost. */
import { act } from '../../../components/act/act.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { del, put } from '../../../lib/api.js';
import { endOfDay } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { personName } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';
import { askReason } from './reason.js';

/** @typedef {import('../../../lib/router.js').Context} Context */
/** @typedef {Contract['AccountOverview']} Account */

/**
 * @param {Account} account
 * @param {Context} ctx
 */
export function adminActs(account, ctx) {
  return h(
    'section',
    null,
    h('h2', null, t('accounts.acts')),
    account.id === session.me.id
      ? h('p', null, t('accounts.own'))
      : h('div', { class: 'actions' }, buttons(account, ctx)),
  );
}

/**
 * @param {Account} account
 * @param {Context} ctx
 */
function buttons(account, ctx) {
  const { state, sessions, second_factor: factor } = account;
  const mine = factor.reset?.asked_by.id === session.me.id;
  return [
    state === 'active' && button('accounts.suspend', 'danger', () => suspend(account, ctx)),
    state === 'suspended' && button('accounts.change', '', () => suspend(account, ctx)),
    state === 'suspended' && button('accounts.lift', 'primary', () => lift(account, ctx)),
    sessions > 0 && button('accounts.end_sessions', '', () => endSessions(account, ctx)),
    factor.enrolled &&
      !mine &&
      button(factor.reset ? 'accounts.confirm_reset' : 'accounts.reset', '', () =>
        resetFactor(account, ctx),
      ),
    factor.reset && button('accounts.cancel_reset', '', () => cancelReset(account, ctx)),
  ];
}

/**
 * @param {string} key
 * @param {string} kind
 * @param {() => Promise<void>} onclick
 */
function button(key, kind, onclick) {
  return h('button', { type: 'button', class: kind, onclick: act(onclick) }, t(key));
}

/**
 * @param {Account} account
 * @param {Context} ctx
 */
async function close(account, ctx) {
  await ctx.reload();
  announce(t('accounts.done', { name: personName(account) }));
}

/**
 * @param {Account} account
 * @param {Context} ctx
 */
async function suspend(account, ctx) {
  const done = await askReason({
    title: t('accounts.suspend_title', { name: personName(account) }),
    text: t('accounts.suspend_text'),
    submit: t('accounts.suspend'),
    ends: true,
    onsubmit: async ({ reason, until }) => {
      await put('/v1/accounts/{id}/suspension', {
        params: { id: account.id },
        body: { reason, ...(until ? { until: endOfDay(until) } : {}) },
      });
    },
  });
  if (done) await close(account, ctx);
}

/**
 * @param {Account} account
 * @param {Context} ctx
 */
async function lift(account, ctx) {
  const done = await askDialog({
    title: t('accounts.lift_title', { name: personName(account) }),
    content: h('p', null, t('accounts.lift_text')),
    submit: t('accounts.lift'),
    onsubmit: async () => {
      await del('/v1/accounts/{id}/suspension', { params: { id: account.id } });
    },
  });
  if (done) await close(account, ctx);
}

/**
 * @param {Account} account
 * @param {Context} ctx
 */
async function endSessions(account, ctx) {
  const done = await askDialog({
    title: t('accounts.end_sessions_title', { name: personName(account) }),
    content: h('p', null, t('accounts.end_sessions_text')),
    submit: t('accounts.end_sessions'),
    danger: true,
    onsubmit: async () => {
      await del('/v1/accounts/{id}/sessions', { params: { id: account.id } });
    },
  });
  if (done) await close(account, ctx);
}

/**
 * @param {Account} account
 * @param {Context} ctx
 */
async function resetFactor(account, ctx) {
  const isSecond = account.second_factor.reset !== null;
  const done = await askReason({
    title: t('accounts.reset_title', { name: personName(account) }),
    text: t(isSecond ? 'accounts.confirm_reset_text' : 'accounts.reset_text'),
    submit: t(isSecond ? 'accounts.confirm_reset' : 'accounts.reset'),
    onsubmit: async ({ reason }) => {
      await del('/v1/accounts/{id}/second-factor', {
        params: { id: account.id },
        body: { reason },
      });
    },
  });
  if (done) await close(account, ctx);
}

/**
 * @param {Account} account
 * @param {Context} ctx
 */
async function cancelReset(account, ctx) {
  await del('/v1/accounts/{id}/second-factor/reset', { params: { id: account.id } });
  await close(account, ctx);
}
