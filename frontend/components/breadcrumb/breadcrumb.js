/**
 * Where one is, below two levels.
 *
 *   breadcrumb([{href: '/demandes', text: 'Mes demandes'}, {text: 'D123'}])
 */
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/** @param {{href?: string, text: string}[]} steps the last one is the page itself */
export function breadcrumb(steps) {
  return h(
    'nav',
    { class: 'breadcrumb', 'aria-label': t('common.breadcrumb') },
    h(
      'ol',
      null,
      steps.map((step) =>
        h(
          'li',
          null,
          step.href
            ? h('a', { href: step.href }, step.text)
            : h('span', { 'aria-current': 'page' }, step.text),
        ),
      ),
    ),
  );
}
