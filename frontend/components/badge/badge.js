/**
 * State as word and shape, never colour alone.
 *
 *   requestBadge('submitted')   tokenBadge('active')   badge('good', '✓', 'text')
 */
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/** @type {Record<string, [string, string]>} state → tone, shape */
const REQUEST = {
  draft: ['quiet', '◌'],
  submitted: ['information', '●'],
  changes_requested: ['warning', '▲'],
  approved: ['good', '✓'],
  refused: ['bad', '✕'],
  revoked: ['bad', '⊘'],
  archived: ['quiet', '□'],
};

/** @type {Record<string, [string, string]>} */
const TOKEN = {
  active: ['good', '✓'],
  expiring: ['warning', '▲'],
  expired: ['bad', '✕'],
  revoked: ['bad', '⊘'],
};

/** @type {Record<string, [string, string]>} */
const MEMBERSHIP = {
  active: ['good', '✓'],
  external: ['information', '◇'],
  suspended: ['warning', '▲'],
  refused: ['bad', '✕'],
};

/** @type {Record<string, [string, string]>} */
const ACCOUNT = {
  active: ['good', '✓'],
  pending: ['quiet', '○'],
  suspended: ['bad', '⊘'],
};

/** @type {Record<string, [string, string]>} */
const PROGRAM = {
  active: ['good', '✓'],
  stopped: ['bad', '⊘'],
};

/** @type {Record<string, [string, string]>} */
const RESPONSIBLE = {
  active: ['good', '✓'],
  inactive: ['warning', '▲'],
  asked: ['quiet', '○'],
};

/** @type {Record<string, [string, string]>} */
const HABILITATION = {
  active: ['good', '✓'],
  superseded: ['quiet', '○'],
  revoked: ['bad', '⊘'],
};

/**
 * @param {string} tone good, warning, bad, information or quiet
 * @param {string} shape
 * @param {string} text
 */
export function badge(tone, shape, text) {
  return h(
    'span',
    { class: `badge badge-${tone}` },
    h('span', { 'aria-hidden': 'true' }, shape),
    ' ',
    text,
  );
}

/** The data of an answer, or of all that is counted, are invented. */
export const sandboxBadge = () => badge('warning', '◇', t('calls.sandbox'));

/** @param {string} state */
export function requestBadge(state) {
  return fromTable(REQUEST, state, 'request_state');
}

/** @param {string} state */
export function tokenBadge(state) {
  return fromTable(TOKEN, state, 'token_state');
}

/** @param {string} state */
export function membershipBadge(state) {
  return fromTable(MEMBERSHIP, state, 'membership_state');
}

/** @param {string} state */
export function accountBadge(state) {
  return fromTable(ACCOUNT, state, 'account_state');
}

/** @param {string} state */
export function programBadge(state) {
  return fromTable(PROGRAM, state, 'program_state');
}

/** Of a responsible person. @param {string} state */
export function responsibleBadge(state) {
  return fromTable(RESPONSIBLE, state, 'responsible_state');
}

/** @param {string} state */
export function habilitationBadge(state) {
  return fromTable(HABILITATION, state, 'habilitation_state');
}

/**
 * @param {Record<string, [string, string]>} table
 * @param {string} state
 * @param {string} texts
 */
function fromTable(table, state, texts) {
  const [tone, shape] = table[state] ?? ['quiet', '○'];
  return badge(tone, shape, t(`${texts}.${state}`));
}
