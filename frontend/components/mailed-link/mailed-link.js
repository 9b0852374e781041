/**
 * A page that a mailed link opens: says what the link does, does it at a press
 * of the button, shows what came of it. Without its link it says so, and where
 * to go from there.
 *
 *   export default mailedLinkPage({
 *     title: 'share.title', noLink: 'share.no_link', text: () => [t('share.text')],
 *     submit: 'share.submit', wrong: {410: 'share.link_invalid'},
 *     act: async (token) => [h('h1', …), …],
 *   });
 *
 * Texts that do not depend on anything are given by their keys. With `login`, the link is used in a session
 * alone: anyone who is not logged in is asked to, and comes back.
 */
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

/**
 * @typedef {object} MailedLink
 * @property {string} title
 * @property {string} noLink
 * @property {() => string[]} text              paragraphs above the button
 * @property {string} [login]                   why one has to log in first
 * @property {string} submit
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
function question({ text, submit, wrong, login, act }, root, token) {
  const form = createForm({
    fields: [],
    submit: t(submit),
    wrong: Object.fromEntries(Object.entries(wrong).map(([status, key]) => [status, t(key)])),
    secondary: login && h('a', { href: loginPath() }, t('login.other_account')),
    onsubmit: async () => {
      const next = await act(token);
      dropLinkToken();
      showNext(root, next);
    },
  });
  return [text().map((sentence) => h('p', null, sentence)), form.element];
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
