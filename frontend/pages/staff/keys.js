/** The queue and its files without a mouse: j k enter a / n ?. */
import { attempt } from '../../components/act/act.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/** @typedef {import('../../lib/router.js').Context} Context */

const QUEUE_KEYS = ['j', 'k', 'enter', 'a', '/', '?'];

/**
 * @param {Context} ctx
 * @param {HTMLElement} root
 * @param {(id: string) => Contract['RequestSummary'] | undefined} find
 * @param {(row: Contract['RequestSummary']) => Promise<void>} assign
 */
export function watchKeys(ctx, root, find, assign) {
  const links = () => /** @type {HTMLElement[]} */ ([...root.querySelectorAll('a.queue-link')]);
  const focusedRow = () =>
    /** @type {HTMLElement | null} */ (document.activeElement?.closest('tr[data-request]'));

  /** @param {number} step */
  function move(step) {
    const all = links();
    const row = focusedRow();
    const at = all.findIndex((link) => row?.contains(link));
    const to = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step));
    all[to]?.focus();
  }

  onKey(ctx, (key) => {
    const focused = find(focusedRow()?.dataset.request ?? '');
    if (key === 'j') move(1);
    else if (key === 'k') move(-1);
    else if (key === 'a' && focused) void attempt(() => assign(focused));
    else if (key === '/') focusSearch(root);
    else if (key === '?') showHelp(QUEUE_KEYS, 'queue');
    else return false;
    return true;
  });
}

/** @param {HTMLElement} root */
function focusSearch(root) {
  /** @type {HTMLElement | null} */ (root.querySelector('input[type=search]'))?.focus();
}

/**
 * Single keys, never while something is being typed nor with a modifier.
 * @param {Context} ctx
 * @param {(key: string) => boolean} act true: the key was used
 */
export function onKey(ctx, act) {
  document.addEventListener(
    'keydown',
    (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      const typing = target.closest('input, textarea, select, dialog[open], [contenteditable]');
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (act(event.key)) event.preventDefault();
    },
    { signal: ctx.signal },
  );
}

/**
 * @param {string[]} keys
 * @param {string} texts
 */
export function showHelp(keys, texts) {
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-label': t('queue.keys') },
    h(
      'div',
      { class: 'dialog-box' },
      h('h2', null, t('queue.keys')),
      h(
        'dl',
        { class: 'keys' },
        keys.map((key) => [
          h('dt', null, h('kbd', null, key)),
          h('dd', null, t(`${texts}.key_${KEY_NAMES[key] ?? key}`)),
        ]),
      ),
      h('button', { type: 'button', onclick: () => dialog.close() }, t('common.close')),
    ),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** @type {Record<string, string>} names that a text's key may have */
const KEY_NAMES = { '/': 'search', '?': 'help' };
