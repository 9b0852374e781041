/** How much of each rate limit is used now. */
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** What was called first; limits that nothing touches are folded. @param {Contract['Limits']['items']} items */
export function gauges(items) {
  const used = items.filter((limit) => limit.used > 0);
  const unused = items.filter((limit) => limit.used === 0);
  return h(
    'div',
    null,
    used.length > 0 ? gaugeCards(used) : h('p', null, t('usage.no_limit')),
    unused.length > 0 &&
      h(
        'details',
        null,
        h('summary', null, t('usage.other_limits', { count: unused.length })),
        gaugeCards(unused),
      ),
  );
}

/** @param {Contract['Limits']['items']} items */
function gaugeCards(items) {
  return h(
    'ul',
    { class: 'grid-cards' },
    items.map((limit) =>
      h(
        'li',
        { class: 'card gauge' },
        h(
          'p',
          null,
          limit.endpoint
            ? h('code', null, limit.endpoint)
            : h('strong', null, t(`limit_group.${limit.group}`)),
        ),
        h('meter', {
          min: 0,
          max: limit.limit,
          high: limit.limit * 0.8,
          optimum: 0,
          value: Math.min(limit.used, limit.limit),
          'aria-label': limit.endpoint ?? t(`limit_group.${limit.group}`),
        }),
        h('p', { class: 'small' }, t('usage.gauge', { used: limit.used, limit: limit.limit })),
        limit.used >= limit.limit && h('p', { class: 'small' }, t('usage.limit_reached')),
      ),
    ),
  );
}
