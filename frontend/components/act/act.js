/**
 * Runs the request of a button and shows its failure.
 *
 *   h('button', {type: 'button', onclick: act(() => withdraw(token, ctx))}, …)
 *   void attempt(() => assign(row))      the same for a keyboard shortcut
 *   watchFailures()                      once, at start: failures that nobody else catches
 *
 * Presses during a request are ignored. The failure is shown after the button, or in a bar above the
 * page when the button is hidden or no longer in the page.
 */
import { ApiError } from '../../lib/api.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { errorBox } from '../page-states/page-states.js';

/** @type {WeakMap<Element, HTMLElement>} the failure shown after each button */
const boxes = new WeakMap();

/**
 * @param {() => Promise<unknown>} run
 * @returns {(event: Event) => void} a listener of a button
 */
export function act(run) {
  let busy = false;
  return (event) => {
    if (busy) return;
    busy = true;
    const button = /** @type {HTMLElement} */ (event.currentTarget);
    button.setAttribute('aria-disabled', 'true');
    void attempt(run, button).finally(() => {
      busy = false;
      button.removeAttribute('aria-disabled');
    });
  };
}

/**
 * @param {() => Promise<unknown>} run
 * @param {HTMLElement} [button]
 */
export async function attempt(run, button) {
  if (button) boxes.get(button)?.remove();
  try {
    await run();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.kind === 'aborted') return;
    if (button && isShown(button)) {
      const box = errorBox(error);
      boxes.set(button, box);
      button.after(box);
    } else showFailure(error);
  }
}

/** @param {HTMLElement} element */
function isShown(element) {
  // Without checkVisibility (older browsers), a closed menu counts as shown: the alert is still announced.
  return element.isConnected && (element.checkVisibility?.() ?? true);
}

/** Shows unhandled rejections and errors from now on. */
export function watchFailures() {
  addEventListener('unhandledrejection', (event) => {
    if (event.reason instanceof ApiError) {
      event.preventDefault();
      if (event.reason.kind === 'aborted') return;
    }
    showFailure(event.reason);
  });
  addEventListener('error', (event) => {
    if (event.error) showFailure(event.error);
  });
}

/** @type {HTMLElement | null} */
let bar = null;

/** @param {unknown} error */
function showFailure(error) {
  bar?.remove();
  bar = h(
    'div',
    { class: 'act-failure' },
    error instanceof ApiError ? errorBox(error) : unexpected(),
    h('button', { type: 'button', onclick: () => bar?.remove() }, t('common.close')),
  );
  document.getElementById('contenu')?.before(bar);
}

/** A defect of this program, which the person cannot correct. */
function unexpected() {
  return h(
    'div',
    { class: 'alert alert-bad', role: 'alert' },
    h('p', null, t('states.unexpected')),
  );
}
