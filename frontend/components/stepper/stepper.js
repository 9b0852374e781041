/**
 * The steps of a form, as links with their state.
 *
 *   stepper(t('…'), [{href, title, state: 'done' | 'todo', count, current}])
 */
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/**
 * @typedef {{href: string, title: string, count: number, current: boolean}} Step `count`: what is missing there
 * @param {string} label
 * @param {Step[]} steps
 */
export function stepper(label, steps) {
  const at = steps.findIndex((s) => s.current);
  const content = h('ol', null, steps.map(stepRow));
  return h(
    'nav',
    { class: 'stepper', 'aria-label': label },
    h(
      'details',
      { class: 'stepper-small' },
      h('summary', null, t('stepper.position', { step: at + 1, total: steps.length })),
      h('ol', null, steps.map(stepRow)),
    ),
    content,
  );
}

/** @param {Step} step */
function stepRow(step) {
  const done = step.count === 0;
  return h(
    'li',
    null,
    h(
      'a',
      { href: step.href, 'aria-current': step.current ? 'step' : null },
      h(
        'span',
        { class: done ? 'stepper-done' : 'stepper-todo', 'aria-hidden': 'true' },
        done ? '✓' : '▲',
      ),
      h('span', null, step.title),
      h(
        'span',
        { class: 'visually-hidden' },
        ' : ',
        done ? t('stepper.done') : t('stepper.todo', { count: step.count }),
      ),
      !done && h('span', { class: 'stepper-count', 'aria-hidden': 'true' }, step.count),
    ),
  );
}
