/**
 * What happened, newest first.
 *
 *   timeline([{at, title: children, detail: children}])
 */
import { timeElement } from '../../lib/dates.js';
import { h } from '../../lib/h.js';

/** @param {{at: string, title: Children, detail?: Children}[]} events */
export function timeline(events) {
  return h(
    'ol',
    { class: 'timeline' },
    events.map((event) =>
      h(
        'li',
        null,
        h('p', null, event.title),
        h('p', { class: 'small muted' }, timeElement(event.at)),
        event.detail,
      ),
    ),
  );
}
