/**
 * Log in by password ("connexion habituelle") or by the API Gouv account, then
 * the second factor where one is set; comes back to where one was going.
 */
import { act } from '../../components/act/act.js';
import { alert } from '../../components/alert/alert.js';
import { textField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { safeReturnPath } from '../../lib/router.js';
import { settings } from '../../lib/settings.js';
import { session } from '../../lib/store.js';
import { plainCode } from '../../lib/typed.js';

/** @typedef {import('../../lib/router.js').Context} Context */

const REASONS = [
  'connexion-refusee',
  'fournisseur-indisponible',
  'adresse-non-verifiee',
  'identite-non-redemandee',
  'compte-suspendu',
];

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t(session.secondFactorPending ? 'login.code_title' : 'login.title'),
  load,
  render(data, ctx) {
    const next = safeReturnPath(ctx.query.get('suite'));
    return h(
      'div',
      { class: 'narrow' },
      session.secondFactorPending ? codeStep(ctx, next) : firstStep(data, ctx, next),
    );
  },
};

function load() {
  return settings().catch(() => null);
}

/**
 * @param {import('../../lib/settings.js').Settings | null} site
 * @param {Context} ctx
 * @param {string} next
 */
function firstStep(site, ctx, next) {
  return [
    h('h1', null, t('login.title')),
    ctx.query.has('erreur') && providerError(ctx.query.get('erreur') ?? ''),
    ctx.query.has('suite') && alert('information', t('login.required')),
    session.loggedIn &&
      alert('information', t('login.already_logged_in', { email: session.me.email })),
    h('h2', null, t('login.by_password')),
    passwordForm(ctx, next),
    h('p', null, h('a', { href: '/mot-de-passe' }, t('login.forgotten'))),
    h('p', null, h('a', { href: '/activation' }, t('login.not_activated'))),
    site?.oidc_login && oidc(next),
    h('h2', null, t('login.no_account')),
    h('p', null, h('a', { href: '/inscription' }, t('login.sign_up'))),
  ];
}

/** Why the log-in at the identity provider failed. @param {string} reason */
function providerError(reason) {
  const key = REASONS.includes(reason) ? reason : 'connexion-refusee';
  return alert('bad', t(`login.oidc_${key.replaceAll('-', '_')}`));
}

/** @param {string} next */
function oidc(next) {
  const address = `/v1/login/oidc?next=${encodeURIComponent(next)}`;
  return [
    h('h2', null, t('login.oidc_title')),
    h('p', null, t('login.oidc_text')),
    h('p', null, h('a', { class: 'button', href: address }, t('login.oidc'))),
  ];
}

/**
 * @param {Context} ctx
 * @param {string} next
 */
function passwordForm(ctx, next) {
  const email = textField({
    name: 'email',
    type: 'email',
    label: t('login.email'),
    autocomplete: 'username',
    inputmode: 'email',
  });
  const password = textField({
    name: 'password',
    type: 'password',
    label: t('login.password'),
    autocomplete: 'current-password',
    secret: true,
  });
  const form = createForm({
    keep: 'connexion',
    fields: [email, password],
    submit: t('login.submit'),
    wrong: { 401: t('login.invalid') },
    onsubmit: async (values) => {
      await session.logIn({ email: values.email, password: values.password });
      if (session.secondFactorPending) await ctx.reload();
      else ctx.navigate(next, { replace: true });
    },
  });
  return form.element;
}

/**
 * @param {Context} ctx
 * @param {string} next
 */
function codeStep(ctx, next) {
  const code = textField({
    name: 'code',
    label: t('login.code'),
    hint: t('login.code_hint'),
    autocomplete: 'one-time-code',
    secret: true,
  });
  const form = createForm({
    fields: [code],
    submit: t('login.submit'),
    onsubmit: async (values) => {
      await session.giveSecondFactor(plainCode(values.code));
      ctx.navigate(next, { replace: true });
    },
    secondary: h('button', { type: 'button', onclick: act(() => leave(ctx)) }, t('common.cancel')),
  });
  return [h('h1', null, t('login.code_title')), h('p', null, t('login.code_text')), form.element];
}

/** Cancels the log-in: ends the session here and, if it was opened there, at the identity provider. @param {Context} ctx */
async function leave(ctx) {
  const atProvider = await session.logOut();
  if (atProvider) location.assign(atProvider);
  else await ctx.reload();
}
