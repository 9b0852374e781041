/**
 * Asks for an export, says how far it is, and links to its file. It goes on when the page is left: see /exports.
 *
 *   exportButton(t('queue.export'), {order: () => ({kind: 'requests', filters}), signal: ctx.signal})
 */
import { act } from '../act/act.js';
import { ApiError, get, post } from '../../lib/api.js';
import { announce } from '../../lib/focus.js';
import { formatBytes, formatNumber } from '../../lib/format.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { poll } from '../../lib/poll.js';

const LOOK_MS = 1000;

/** @typedef {Contract['Export']} Export */

/**
 * @param {string} label
 * @param {{order: () => Contract['ExportOrder'], signal: AbortSignal, plain?: boolean}} options
 */
export function exportButton(label, { order, signal, plain }) {
  const place = h('div', { class: 'export-state', role: 'status' });
  const button = h(
    'button',
    { type: 'button', class: plain ? 'plain' : null, onclick: act(ask) },
    label,
  );
  return h('div', { class: 'export-button' }, button, place);

  async function ask() {
    replaceChildren(place);
    try {
      show((await post('/v1/exports', { body: order() })).data);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      replaceChildren(place, h('p', null, t('exports.another'), ' ', ownExports()));
    }
  }

  /** @param {Export} first */
  function show(first) {
    let state = first;
    replaceChildren(place, progress(state));
    poll(
      async () => {
        state = (await get('/v1/exports/{id}', { params: { id: first.id }, signal })).data;
        replaceChildren(place, progress(state));
        if (state.state === 'ready') announce(t('common.file_ready'));
      },
      { everyMs: LOOK_MS, signal, isWanted: () => place.isConnected && isUnderWay(state) },
    );
  }
}

/** @param {Export} state */
export const isUnderWay = (state) => state.state === 'pending' || state.state === 'running';

/** @param {Export} state */
function progress(state) {
  if (isUnderWay(state)) {
    const rows = t('exports.rows', { count: state.rows, number: formatNumber(state.rows) });
    return h(
      'p',
      null,
      t('exports.under_way'),
      state.rows > 0 && [' ', rows],
      ' ',
      h('span', { class: 'muted' }, t('exports.may_leave')),
    );
  }
  return h('p', null, state.state === 'ready' ? fileLink(state) : failure(state));
}

/** @param {Export} state */
export function fileLink(state) {
  return h(
    'a',
    { class: 'button', href: `/v1/exports/${state.id}/file`, download: '' },
    t('exports.download', { size: formatBytes(state.bytes) }),
  );
}

/** @param {Export} state */
export const failure = (state) => t(`exports.problem_${state.problem ?? 'internal'}`);

const ownExports = () => h('a', { href: '/exports' }, t('exports.see'));
