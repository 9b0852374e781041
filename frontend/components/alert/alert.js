/**
 * A message in the flow of the page. Kinds: good, warning, bad, information.
 *
 *   alert('warning', t('…'), [more nodes])
 *
 * Said aloud on arrival only with `announce` (lib/focus.js): a message that
 * was there when the page was drawn need not interrupt.
 */
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

const SHAPES = { good: '✓', warning: '▲', bad: '✕', information: 'i' };

/**
 * @param {keyof typeof SHAPES} kind
 * @param {Children} text
 * @param {...Child} more
 */
export function alert(kind, text, ...more) {
  return h(
    'div',
    { class: `alert alert-${kind}` },
    h(
      'p',
      null,
      h('span', { class: 'alert-shape', 'aria-hidden': 'true' }, SHAPES[kind]),
      h('span', { class: 'visually-hidden' }, t(`alert.${kind}`), ' '),
      text,
    ),
    more,
  );
}
