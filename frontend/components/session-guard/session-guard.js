/**
 * Watches the session: warns five minutes before its end; when it is over, or
 * too old for a sensitive act, asks for the password in a dialog. The refused
 * request is then sent again, so that nothing typed is lost.
 *
 *   mountSessionGuard()
 */
import { onLoginNeeded } from '../../lib/api.js';
import { formatTime } from '../../lib/dates.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { navigate } from '../../lib/router.js';
import { session } from '../../lib/store.js';
import { plainCode } from '../../lib/typed.js';
import { askDialog } from '../dialog/dialog.js';
import { textField } from '../field/field.js';
import { usernameHint } from '../password/password.js';

/** @typedef {import('../../lib/api.js').LoginReason} LoginReason */

const WARN_BEFORE_MS = 5 * 60_000;
const TIMER_MAX_MS = 2 ** 31 - 1;
const TEXTS = { 'session-expired': 'session.expired', 'recent-login': 'session.recent' };

/** @type {Promise<boolean> | null} one question at a time */
let asking = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

export function mountSessionGuard() {
  plan();
  session.addEventListener('change', plan);
  onLoginNeeded(ask);
}

function plan() {
  clearTimeout(timer);
  if (!session.loggedIn || session.endsAtMs === null) return;
  const wait = session.endsAtMs - WARN_BEFORE_MS - Date.now();
  if (wait < TIMER_MAX_MS) timer = setTimeout(() => void warn(), Math.max(wait, 0));
}

async function warn() {
  if (asking || !session.loggedIn || session.endsAtMs === null) return;
  if (session.endsAtMs <= Date.now()) return void ask('session-expired');
  await askDialog({
    title: t('session.expiring_title'),
    content: h('p', null, t('session.expiring_text', { time: formatTime(session.endsAtMs) })),
    submit: t('session.stay'),
    onsubmit: () => session.load(),
  });
}

/** @param {LoginReason} reason */
function ask(reason) {
  if (!session.account) return Promise.resolve(false);
  asking ??= logInHere(reason).finally(() => {
    asking = null;
  });
  return asking;
}

/** @param {LoginReason} reason */
async function logInHere(reason) {
  const here = location.pathname + location.search;
  const done = session.me.has_password
    ? (await askPassword(reason)) && (await askCode())
    : await leaveForProvider(reason, here);
  if (!done && reason === 'session-expired')
    navigate(`/connexion?suite=${encodeURIComponent(here)}`);
  return done;
}

/** @param {LoginReason} reason */
function askPassword(reason) {
  const { email } = session.me;
  const password = textField({
    name: 'password',
    type: 'password',
    label: t('login.password'),
    autocomplete: 'current-password',
    secret: true,
  });
  return askDialog({
    title: t(`${TEXTS[reason]}_title`),
    content: [
      h('p', null, t(`${TEXTS[reason]}_text`)),
      h('p', null, t('session.account', { email })),
    ],
    fields: [password],
    formContent: [usernameHint(email), password.element],
    submit: t('login.submit'),
    wrong: { 401: t('session.wrong_password') },
    onsubmit: (values) => session.logIn({ email, password: values.password }),
  });
}

async function askCode() {
  if (!session.secondFactorPending) return true;
  const code = textField({
    name: 'code',
    label: t('login.code'),
    hint: t('login.code_hint'),
    autocomplete: 'one-time-code',
    secret: true,
  });
  const given = await askDialog({
    title: t('login.code_title'),
    fields: [code],
    submit: t('login.submit'),
    onsubmit: (values) => session.giveSecondFactor(plainCode(values.code)),
  });
  if (!given) await session.logOut();
  return given;
}

/**
 * People without a password log in at the identity provider and return here. For a sensitive act the
 * provider must ask again (prompt=login), even if its session is still open.
 * @param {LoginReason} reason
 * @param {string} here
 */
function leaveForProvider(reason, here) {
  const again = reason === 'recent-login' ? '&prompt=login' : '';
  return askDialog({
    title: t(`${TEXTS[reason]}_title`),
    content: h('p', null, t(`${TEXTS[reason]}_provider`)),
    submit: t('login.oidc'),
    onsubmit: async () => {
      location.assign(`/v1/login/oidc?next=${encodeURIComponent(here)}${again}`);
      // No retry until the person is back: the browser may restore this page from its cache.
      await new Promise((resolve) => addEventListener('pageshow', resolve, { once: true }));
    },
  });
}
