/**
 * History API router. The list of paths is routes.json, which the server reads
 * too (a path outside it is answered 404 with this same shell).
 *
 * A page is a module of pages/ whose default export is a `Page`. The router
 * draws loading, error, forbidden and not-found states for all of them, sets
 * the title, moves the focus to the h1 and keeps scroll positions.
 */
import { ApiError } from './api.js';
import { focusOn } from './focus.js';
import { replaceChildren } from './h.js';
import { t } from './i18n.js';
import { session } from './store.js';

/**
 * @typedef {object} Context
 * @property {Record<string, string>} params   from the path, decoded
 * @property {URLSearchParams} query
 * @property {AbortSignal} signal              aborted when the page is left
 * @property {(href: string, options?: {replace?: boolean}) => void} navigate
 * @property {(changes: Record<string, string | null>) => void} setQuery keeps filters in the address, draws nothing
 * @property {() => Promise<void>} reload      loads and draws again, keeps scroll and focus
 * @property {Tab<unknown>[]} tabs                      what the route's `tabs` name, in their order
 */

/**
 * @template T  what `load` gives
 * @typedef {object} Page
 * @property {(data: T, ctx: Context) => string} title
 * @property {(ctx: Context) => Promise<T>} [load]  may throw ApiError; without it, T is null
 * @property {(data: T, ctx: Context) => Node} render  has exactly one h1
 */

/**
 * A tab that a page of one subject gets from another, named in routes.json.
 * @template T  what the page loaded
 * @typedef {object} Tab
 * @property {string} id                       in the address
 * @property {() => string} label
 * @property {(data: T) => boolean} isOpen   whether this person may see it
 * @property {(data: T, ctx: Context) => Node} draw
 */

/**
 * @typedef {object} Route
 * @property {string} path
 * @property {string} page      below pages/, without ".js"
 * @property {'anyone' | 'account' | 'staff' | 'support' | 'admin'} access
 * @property {string[]} [tabs]  modules below pages/ with a `Tab` as default export
 */

/** @typedef {{title: string, content: Node}} Drawn */
/**
 * The states drawn in place of a page; main.js passes those of components/page-states.
 * @typedef {object} States
 * @property {() => Node} loading
 * @property {(error: ApiError, retry: () => void) => Drawn} failure
 * @property {(error?: ApiError) => Drawn} forbidden
 * @property {() => Drawn} notFound
 */

const NOT_FOUND = 'public/not-found';

const LOADING_DELAY_MS = 150;
const SCROLL_REST_MS = 200;

/** @type {Route[]} */
let routes = [];
/** @type {HTMLElement} */
let mount;
/** @type {States} */
let states;
let leaving = new AbortController();
let shown = '';
/** @type {ReturnType<typeof setTimeout> | undefined} */
let scrollTimer;

/**
 * @param {Route[]} list
 * @param {string} pathname
 * @returns {{route: Route, params: Record<string, string>} | null}
 */
export function matchRoute(list, pathname) {
  const path = pathname.length > 1 ? pathname.replace(/\/$/, '') : pathname;
  const parts = path.split('/');
  for (const route of list) {
    const wanted = route.path.split('/');
    if (wanted.length !== parts.length) continue;
    const params = matchParts(wanted, parts);
    if (params) return { route, params };
  }
  return null;
}

/**
 * @param {Route[]} list
 * @param {HTMLElement} main
 * @param {States} drawn
 */
export async function start(list, main, drawn) {
  routes = list;
  mount = main;
  states = drawn;
  history.scrollRestoration = 'manual';
  document.addEventListener('click', followLink);
  addEventListener('popstate', onPopState);
  addEventListener('scroll', rememberScrollSoon, { passive: true });
  session.addEventListener('change', (event) => {
    if (/** @type {CustomEvent} */ (event).detail.otherPerson)
      void draw({ focus: false, scrollTop: null });
  });
  await draw({ focus: false, scrollTop: history.state?.scrollTop ?? null });
}

/**
 * @param {string} href
 * @param {{replace?: boolean}} [options]
 */
export function navigate(href, { replace = false } = {}) {
  const url = new URL(href, location.href);
  if (url.origin !== location.origin || !matchRoute(routes, url.pathname)) {
    location.assign(url);
    return;
  }
  rememberScroll();
  if (replace) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  void draw({ focus: true, scrollTop: 0 });
}

/** Redraws the current page: after a change of language or organisation. */
export function redraw() {
  return draw({ focus: false, scrollTop: scrollY });
}

/**
 * Where to come back to after the log-in: only our own paths. "/.//host" is one of this site, and "//host" once
 * its dots are resolved, which is another site.
 * @param {string | null} wanted
 */
export function safeReturnPath(wanted) {
  if (!wanted?.startsWith('/') || !URL.canParse(wanted, location.origin)) return '/demandes';
  const { origin, pathname, search, hash } = new URL(wanted, location.origin);
  const isOurs = origin === location.origin && !pathname.startsWith('//');
  return isOurs ? pathname + search + hash : '/demandes';
}

/** @param {Route} route */
function accessOf(route) {
  if (route.access === 'anyone') return 'granted';
  if (!session.loggedIn) return 'login';
  if (route.access === 'account') return 'granted';
  if (route.access === 'staff') return session.isStaff ? 'granted' : 'forbidden';
  return session.hasRole(route.access, 'admin') ? 'granted' : 'forbidden';
}

/** @param {{focus: boolean, scrollTop: number | null}} how */
async function draw(how) {
  clearTimeout(scrollTimer);
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  shown = location.pathname + location.search;
  const match = matchRoute(routes, location.pathname);
  const access = match ? accessOf(match.route) : 'granted';
  if (access === 'login') {
    const wanted = location.pathname + location.search + location.hash;
    navigate(`/connexion?suite=${encodeURIComponent(wanted)}`, { replace: true });
    return;
  }
  const ctx = makeContext(match?.params ?? {}, signal);
  const waiting = setTimeout(() => put(states.loading(), ''), LOADING_DELAY_MS);
  signal.addEventListener('abort', () => clearTimeout(waiting)); // a page that was left says no more
  mount.setAttribute('aria-busy', 'true');
  let result;
  try {
    result =
      access === 'forbidden'
        ? states.forbidden()
        : await build(match?.route.page ?? NOT_FOUND, ctx, match?.route.tabs);
  } catch (error) {
    result = stateOf(error, ctx);
  }
  clearTimeout(waiting);
  if (signal.aborted) return;
  mount.removeAttribute('aria-busy');
  if (result) settle(result, how);
}

/**
 * @param {string} name
 * @param {Context} ctx
 * @param {string[]} [tabs]
 */
async function build(name, ctx, tabs = []) {
  /** @type {[Page<unknown>, Tab<unknown>[]]} */
  const [page, others] = await Promise.all([loadModule(name), Promise.all(tabs.map(loadModule))]);
  ctx.tabs = others;
  const data = page.load ? await page.load(ctx) : null;
  if (ctx.signal.aborted) return null;
  return { title: page.title(data, ctx), content: page.render(data, ctx) };
}

/** @param {string} name */
async function loadModule(name) {
  return (await import(`../pages/${name}.js`)).default;
}

/**
 * @param {unknown} error
 * @param {Context} ctx
 */
function stateOf(error, ctx) {
  if (!(error instanceof ApiError))
    return states.failure(new ApiError('network'), () => void ctx.reload());
  if (error.kind === 'aborted') return null;
  if (error.status === 404) return states.notFound();
  if (error.status === 403) return states.forbidden(error);
  return states.failure(error, () => void ctx.reload());
}

/**
 * @param {{title: string, content: Node}} result
 * @param {{focus: boolean, scrollTop: number | null}} how
 */
function settle(result, how) {
  const hadFocus = rememberFocus();
  put(result.content, result.title);
  const target = how.scrollTop === 0 || how.scrollTop === null ? hashTarget() : null;
  if (target) {
    target.scrollIntoView({ block: 'center' });
    focusOn(target, { scroll: false });
  } else if (how.focus) focusOn(mount.querySelector('h1'), { scroll: false });
  else hadFocus();
  if (!target && how.scrollTop !== null) scrollTo({ top: how.scrollTop, behavior: 'instant' });
  mount.dispatchEvent(new CustomEvent('drawn', { bubbles: true }));
}

/** Restores the focus and the text cursor in the new element with the same id. */
function rememberFocus() {
  const { activeElement } = document;
  const id = activeElement?.id;
  const isText =
    activeElement instanceof HTMLTextAreaElement || activeElement instanceof HTMLInputElement;
  const [start, end] = isText
    ? [activeElement.selectionStart, activeElement.selectionEnd]
    : [null, null];
  return () => {
    const again = id ? document.getElementById(id) : null;
    again?.focus({ preventScroll: true });
    if (
      start !== null &&
      (again instanceof HTMLTextAreaElement || again instanceof HTMLInputElement)
    )
      again.setSelectionRange(start, end);
  };
}

function hashTarget() {
  return location.hash.length > 1
    ? document.getElementById(decode(location.hash.slice(1)) ?? '')
    : null;
}

/**
 * @param {Node} content
 * @param {string} title
 */
function put(content, title) {
  replaceChildren(mount, content);
  if (title) document.title = title === t('app.name') ? title : `${title} – ${t('app.name')}`;
}

/**
 * @param {Record<string, string>} params
 * @param {AbortSignal} signal
 * @returns {Context}
 */
function makeContext(params, signal) {
  const query = new URLSearchParams(location.search);
  return {
    params,
    query,
    signal,
    navigate,
    setQuery(changes) {
      for (const [name, value] of Object.entries(changes)) {
        if (value) query.set(name, value);
        else query.delete(name);
      }
      const search = query.toString();
      history.replaceState(history.state, '', location.pathname + (search ? `?${search}` : ''));
      shown = location.pathname + location.search;
    },
    tabs: [],
    reload: () => draw({ focus: false, scrollTop: scrollY }),
  };
}

function rememberScroll() {
  history.replaceState({ ...history.state, scrollTop: scrollY }, '');
}

function rememberScrollSoon() {
  clearTimeout(scrollTimer);
  scrollTimer = setTimeout(rememberScroll, SCROLL_REST_MS);
}

function onPopState() {
  if (location.pathname + location.search === shown) return;
  void draw({ focus: true, scrollTop: history.state?.scrollTop ?? 0 });
}

/** @param {MouseEvent} event */
function followLink(event) {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey
  )
    return;
  const link = /** @type {Element} */ (event.target).closest('a');
  if (!link?.href || link.target || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !matchRoute(routes, url.pathname)) return;
  if (url.hash && url.pathname === location.pathname && url.search === location.search) return;
  event.preventDefault();
  navigate(url.href);
}

/**
 * @param {string[]} wanted
 * @param {string[]} parts
 */
function matchParts(wanted, parts) {
  /** @type {Record<string, string>} */
  const params = {};
  for (let i = 0; i < wanted.length; i++) {
    const name = /^\{(\w+)\}$/.exec(wanted[i])?.[1];
    if (!name && wanted[i] !== parts[i]) return null;
    if (!name) continue;
    const value = decode(parts[i]);
    if (!value) return null;
    params[name] = value;
  }
  return params;
}

/** @param {string} part */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
