/**
 * The secret of a mailed link, from the address's fragment: it never reaches
 * the server's logs, and only a press of a button uses it.
 */

const SHAPE = /^#([A-Za-z0-9_-]{16,})$/;

/** @returns {string | null} */
export function linkToken() {
  return SHAPE.exec(location.hash)?.[1] ?? null;
}

/** Removes the used secret from the address bar and from the history. */
export function dropLinkToken() {
  history.replaceState(history.state, '', location.pathname + location.search);
}

/**
 * Another link opened in the same tab changes only the fragment.
 * @param {import('./router.js').Context} ctx
 */
export function watchLinkToken(ctx) {
  addEventListener('hashchange', () => linkToken() && void ctx.reload(), { signal: ctx.signal });
}
