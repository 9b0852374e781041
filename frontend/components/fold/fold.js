/**
 * Content that is collapsed behind a button on narrow screens and always shown on wide ones.
 *
 *   fold(t('…'), [button, button])
 */
import { uniqueId } from '../../lib/focus.js';
import { h } from '../../lib/h.js';

/**
 * @param {string} label
 * @param {Children} children
 */
export function fold(label, children) {
  const content = h('div', { id: uniqueId('fold'), class: 'fold-content' }, children);
  const toggle = h(
    'button',
    {
      type: 'button',
      class: 'fold-toggle',
      'aria-expanded': 'false',
      'aria-controls': content.id,
      onclick: () =>
        toggle.setAttribute(
          'aria-expanded',
          String(toggle.getAttribute('aria-expanded') === 'false'),
        ),
    },
    label,
  );
  return [toggle, content];
}
