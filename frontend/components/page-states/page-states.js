/**
 * What a page shows when it has nothing else to show.
 *
 *   loadingState()                      → Node
 *   failureState(apiError, retry)       → {title, content}
 *   forbiddenState([apiError])          → {title, content}
 *   notFoundState()                     → {title, content}
 *   emptyState({title, text, action})   → Node, inside a page: what will stand here
 *   errorBox(apiError, [retry])         → Node, inside a page: what failed, what is safe, what to do
 */
import { h } from '../../lib/h.js';
import { list, t } from '../../lib/i18n.js';

/** @typedef {import('../../lib/api.js').ApiError} ApiError */

export function loadingState() {
  return h(
    'p',
    { class: 'state-loading', role: 'status' },
    h('span', { class: 'state-spinner', 'aria-hidden': 'true' }),
    t('states.loading'),
  );
}

/**
 * @param {ApiError} error
 * @param {() => void} retry
 */
export function failureState(error, retry) {
  return state('failure', errorBox(error, retry));
}

/** @param {ApiError} [error] */
export function forbiddenState(error) {
  if (error?.is('second-factor-required')) return secondFactorState();
  const text = error?.detail || t('states.forbidden_text');
  return state('forbidden', h('p', null, text), waysOn());
}

/** The account has the role, but the role requires a second factor. */
function secondFactorState() {
  return state(
    'second_factor',
    h('p', null, t('states.second_factor_text')),
    h('p', null, h('a', { href: '/compte#second_factor' }, t('states.second_factor_set_up'))),
  );
}

export function notFoundState() {
  return state('not_found', h('p', null, t('states.not_found_text')), waysOn());
}

/**
 * A whole page: its title is `states.<name>_title`.
 * @param {string} name
 * @param {...Children} content
 */
function state(name, ...content) {
  const title = t(`states.${name}_title`);
  return { title, content: h('div', { class: 'state' }, h('h1', null, title), content) };
}

/** @param {{title: string, text: string, action?: Node | null}} content */
export function emptyState({ title, text, action }) {
  return h(
    'div',
    { class: 'panel state-empty' },
    h('h2', null, title),
    h('p', null, text),
    action && h('p', null, action),
  );
}

/**
 * @param {ApiError} error
 * @param {(() => void) | null} [retry]
 */
export function errorBox(error, retry) {
  return h(
    'div',
    { class: 'alert alert-bad', role: 'alert' },
    h('p', null, explain(error)),
    error.requestId &&
      h('p', { class: 'small' }, t('states.request_id'), ' ', h('code', null, error.requestId)),
    retry && h('p', null, h('button', { type: 'button', onclick: retry }, t('common.retry'))),
  );
}

/**
 * One or two sentences a person can act on.
 * @param {ApiError} error
 */
export function explain(error) {
  if (error.kind === 'network') return t('states.network');
  if (error.kind === 'timeout') return t('states.timeout');
  if (error.status === 401) return t('states.unauthorised');
  if (error.status === 429 && error.retryAfterS)
    return t('states.too_many', { count: error.retryAfterS });
  if (error.status >= 500) return t('states.server');
  return error.detail || error.title || t('states.server');
}

/** Links to continue from a page without content. */
export function waysOn() {
  return h(
    'ul',
    null,
    /** @type {{href: string, text: string}[]} */ (list('states.links')).map((way) =>
      h('li', null, h('a', { href: way.href }, way.text)),
    ),
  );
}
