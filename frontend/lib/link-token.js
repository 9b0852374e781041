/**
 * The secret of a mailed link, from the address's fragment: it never reaches
 * the server's logs, and only a press of a button uses it.
 */

import { forget, recall, remember } from './drafts.js';

const KEPT = 'link:';
/** 16 characters and more, so that the anchor of a heading is none; what a mail program took for a part of the link
 * ("." or "%3E" behind it) is left out. A secret has 43 characters; one that was cut is told so by the server. */
const SHAPE = /^#(?:([\w-]{43})(?![^\W_])|([\w-]{16,}))/;

/** @returns {string | null} */
export function linkToken() {
  const [, whole, other] = SHAPE.exec(location.hash) ?? [];
  return whole ?? other ?? null;
}

/** Keeps the secret in this tab while the person logs in: no query of an address, no log sees it. */
export function keepLinkToken() {
  const token = linkToken();
  if (token) remember(KEPT + location.pathname, { token });
}

/** The secret of the address, or the one that was kept for this page. @returns {string | null} */
export function keptLinkToken() {
  const token = linkToken() ?? recall(KEPT + location.pathname)?.token;
  return typeof token === 'string' ? token : null;
}

/** Removes the used secret from the tab, from the address bar and from the history. */
export function dropLinkToken() {
  forget(KEPT + location.pathname);
  history.replaceState(history.state, '', location.pathname + location.search);
}

/**
 * Another link opened in the same tab changes only the fragment.
 * @param {import('./router.js').Context} ctx
 */
export function watchLinkToken(ctx) {
  addEventListener('hashchange', () => linkToken() && void ctx.reload(), { signal: ctx.signal });
}
