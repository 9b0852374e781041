/**
 * What a phone folds behind a button, and a wider window shows as if nothing held it.
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
