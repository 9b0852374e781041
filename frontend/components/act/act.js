/**
 * What a button does on the server, and what is said where that fails.
 *
 *   h('button', {type: 'button', onclick: act(() => withdraw(token, ctx))}, …)
 *   void attempt(() => assign(row))      the same for a key that is pressed
 *   watchFailures()                      once: what nobody else has caught
 *
 * A button that was pressed sends once until the answer is there. Where the request fails, what
 * failed stands behind the button; where that is gone or folded away, in a bar above the page.
 */
import { ApiError } from '../../lib/api.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { errorBox } from '../page-states/page-states.js';

/** @type {WeakMap<Element, HTMLElement>} what failed, by the button that was pressed */
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
  // Where the browser is older, a folded menu counts as shown: what failed is read aloud all the same.
  return element.isConnected && (element.checkVisibility?.() ?? true);
}

/** From now on, failures that no page has caught are shown too. */
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

/** A mistake of this program: nothing that a person could correct. */
function unexpected() {
  return h(
    'div',
    { class: 'alert alert-bad', role: 'alert' },
    h('p', null, t('states.unexpected')),
  );
}
