/** Moves the focus and speaks to screen readers. */

/**
 * Gives the focus to something that is not a control (a heading, a summary).
 * @param {HTMLElement | null} element
 * @param {{scroll?: boolean}} [options]
 */
export function focusOn(element, { scroll = true } = {}) {
  if (!element) return;
  if (
    !element.matches('a, button, input, select, textarea, summary') &&
    !element.hasAttribute('tabindex')
  ) {
    element.setAttribute('tabindex', '-1');
  }
  element.focus({ preventScroll: !scroll });
}

/**
 * Announces a text to screen readers without moving the focus. The two live regions are in index.html.
 * @param {string} text
 * @param {'polite' | 'assertive'} [urgency]
 */
export function announce(text, urgency = 'polite') {
  const region = document.getElementById(`live-${urgency}`);
  if (!region) return;
  region.textContent = '';
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}

let counter = 0;

/** An id that no other element has. @param {string} [stem] */
export function uniqueId(stem = 'id') {
  counter += 1;
  return `${stem}-${counter}`;
}
