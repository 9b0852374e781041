/**
 * A page that a mailed link opens: says what the link does, does it at a press
 * of the button, shows what came of it. Without its link it says so, and where
 * to go from there.
 *
 *   export default mailedLinkPage({
 *     title: 'share.title', noLink: 'share.no_link', text: () => [t('share.text')],
 *     submit: 'share.submit', kind: 'share', wrong: {422: 'share.link_invalid'},
 *     act: async (token) => [h('h1', …), …],
 *   });
 *
 * A link that was used, expired, replaced or ended otherwise is told apart (`link_end.{kind}`), with where to go on.
 * Texts that do not depend on anything are given by their keys. With `login`, the link is used in a session
 * alone: anyone who is not logged in is asked to, and comes back.
 */
import { ApiError } from '../../lib/api.js';
import { formatExact } from '../../lib/dates.js';
import { focusOn } from '../../lib/focus.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import {
  dropLinkToken,
  keepLinkToken,
  keptLinkToken,
  linkToken,
  watchLinkToken,
} from '../../lib/link-token.js';
import { session } from '../../lib/store.js';
import { alert } from '../alert/alert.js';
import { createForm } from '../form/form.js';
import { waysOn } from '../page-states/page-states.js';

/** @typedef {'activation' | 'reset' | 'email' | 'share'} LinkKind */
/** @typedef {{name: 'used' | 'expired' | 'replaced' | 'ended', at: string}} Ending */

/** @type {Ending['name'][]} */
const ENDINGS = ['used', 'expired', 'replaced', 'ended'];

/** Where to go on: path and text. @type {Record<string, [string, string]>} */
const TO = {
  login: ['/connexion', 'login.submit'],
  resend: ['/activation', 'activation.resend_title'],
  reset: ['/mot-de-passe', 'reset.new_link'],
  account: ['/compte', 'shell.account'],
  programs: ['/programmes', 'share.use'],
  help: ['/aide', 'link_end.help'],
};

/** The ways on after each ending, the first as a button. @type {Record<LinkKind, Partial<Record<Ending['name'], string[]>>>} */
const WAYS = {
  activation: { used: ['login'], expired: ['resend'], replaced: ['resend', 'login'] },
  reset: {
    used: ['login', 'reset'],
    expired: ['reset'],
    replaced: ['reset', 'login'],
    ended: ['login', 'reset'],
  },
  email: { used: ['account'], expired: ['account'], replaced: ['account'], ended: ['account'] },
  share: { used: ['programs'], expired: ['help'], ended: ['help'] },
};

/**
 * @typedef {object} MailedLink
 * @property {string} title
 * @property {string} noLink
 * @property {() => string[]} text              paragraphs above the button
 * @property {string} [login]                   why one has to log in first
 * @property {string} submit
 * @property {LinkKind} kind
 * @property {Record<number, string>} wrong     status → what it means here
 * @property {(token: string) => Promise<Children>} act gives what is shown next, its h1 first
 */

/**
 * @param {MailedLink} link
 * @returns {import('../../lib/router.js').Page<null>}
 */
export function mailedLinkPage(link) {
  return {
    title: () => t(link.title),
    render(_data, ctx) {
      watchLinkToken(ctx);
      const root = h('div', { class: 'narrow' });
      if (link.login) keepLinkToken();
      const token = link.login ? keptLinkToken() : linkToken();
      replaceChildren(root, h('h1', null, t(link.title)), content(link, root, token));
      return root;
    },
  };
}

/**
 * @param {MailedLink} link
 * @param {HTMLElement} root
 * @param {string | null} token
 */
function content(link, root, token) {
  if (!token) return withoutLink(link);
  if (!link.login || session.loggedIn) return question(link, root, token);
  return [
    alert('information', t(link.login)),
    h('p', null, h('a', { class: 'button primary', href: loginPath() }, t('login.submit'))),
  ];
}

/** Where another account logs in and comes back. */
function loginPath() {
  return `/connexion?suite=${encodeURIComponent(location.pathname)}`;
}

/**
 * @param {MailedLink} link
 * @param {HTMLElement} root
 * @param {string} token
 */
function question({ text, submit, kind, wrong, login, act }, root, token) {
  const form = createForm({
    fields: [],
    submit: t(submit),
    wrong: Object.fromEntries(Object.entries(wrong).map(([status, key]) => [status, t(key)])),
    secondary: login && h('a', { href: loginPath() }, t('login.other_account')),
    onsubmit: async () => {
      const next = await orEnding(kind, () => act(token));
      dropLinkToken();
      showNext(root, next);
    },
  });
  return [text().map((sentence) => h('p', null, sentence)), form.element];
}

/**
 * What became of a link that opens nothing any more; null for any other failure.
 * @param {unknown} error
 * @returns {Ending | null}
 */
export function endingOf(error) {
  const name = error instanceof ApiError && ENDINGS.find((one) => error.is(`link-${one}`));
  return name ? { name, at: error.problem?.link_ended_at ?? '' } : null;
}

/**
 * What `act` gives to be shown next or, where the link opens nothing any more, what became of it.
 * @param {LinkKind} kind
 * @param {() => Promise<Children>} act
 */
export async function orEnding(kind, act) {
  try {
    return await act();
  } catch (error) {
    const ending = endingOf(error);
    if (!ending) throw error;
    return linkEnd(kind, ending);
  }
}

/**
 * Says what a link did, or why it does nothing any more, and leads on.
 * @param {LinkKind} kind
 * @param {Ending} ending
 */
export function linkEnd(kind, { name, at }) {
  return [
    h('h1', null, t(`link_end.${kind}.${name}_title`)),
    alert(
      name === 'used' ? 'information' : 'warning',
      t(`link_end.${kind}.${name}`, { at: formatExact(at) }),
    ),
    (WAYS[kind][name] ?? []).map((way, place) => {
      const [href, text] = TO[way];
      return h('p', null, h('a', { class: place === 0 ? 'button primary' : '', href }, t(text)));
    }),
  ];
}

/**
 * Shows what came of it in place of the question.
 * @param {HTMLElement} root
 * @param {Children} next  its h1 first
 */
export function showNext(root, next) {
  replaceChildren(root, next);
  focusOn(root.querySelector('h1'));
}

/** @param {MailedLink} link */
function withoutLink({ noLink }) {
  return [alert('warning', t(noLink)), waysOn()];
}
