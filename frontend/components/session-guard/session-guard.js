/**
 * Watches the end of the session: warns five minutes before, and when it is
 * over asks for the password on the spot, so that what was typed stays on the
 * screen.
 *
 *   mountSessionGuard()
 */
import { h } from '../../lib/h.js';
import { formatTime } from '../../lib/dates.js';
import { t } from '../../lib/i18n.js';
import { navigate } from '../../lib/router.js';
import { session } from '../../lib/store.js';
import { askDialog } from '../dialog/dialog.js';
import { textField } from '../field/field.js';

const WARN_BEFORE_MS = 5 * 60_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

let asking = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

export function mountSessionGuard() {
  plan();
  session.addEventListener('change', plan);
  session.addEventListener('expired', () => void askPassword());
}

function plan() {
  clearTimeout(timer);
  if (!session.loggedIn || session.endsAtMs === null) return;
  const wait = session.endsAtMs - WARN_BEFORE_MS - Date.now();
  if (wait < LONGEST_TIMER_MS) timer = setTimeout(() => void warn(), Math.max(wait, 0));
}

async function warn() {
  if (asking || !session.loggedIn || session.endsAtMs === null) return;
  asking = true;
  const stayed = await askDialog({
    title: t('session.ending_title'),
    content: h('p', null, t('session.ending_text', { time: formatTime(session.endsAtMs) })),
    submit: t('session.stay'),
    onsubmit: () => session.load(),
  });
  asking = false;
  if (stayed && !session.loggedIn) await askPassword();
}

/** The person logs in again without leaving the page. */
export async function askPassword() {
  if (asking || !session.account) return;
  asking = true;
  const { email } = session.account;
  const password = textField({
    name: 'password',
    type: 'password',
    label: t('login.password'),
    autocomplete: 'current-password',
    secret: true,
  });
  const done = await askDialog({
    title: t('session.over_title'),
    content: [
      h('p', null, t('session.over_text')),
      h('p', null, t('session.over_account', { email })),
    ],
    fields: [password],
    submit: t('login.submit'),
    onsubmit: (values) => session.logIn({ email, password: values.password }),
  });
  asking = false;
  if (!done)
    navigate(`/connexion?suite=${encodeURIComponent(location.pathname + location.search)}`);
}
