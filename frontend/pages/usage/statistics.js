/** Public statistics: volumes, decisions, time to decision; the chart has its table, the data its file. */
import { dataTable } from '../../components/table/table.js';
import { get } from '../../lib/api.js';
import { formatExact } from '../../lib/dates.js';
import { formatNumber } from '../../lib/format.js';
import { formatter } from '../../lib/formatters.js';
import { h } from '../../lib/h.js';
import { locale, t } from '../../lib/i18n.js';

const MEASURES = /** @type {const} */ (['submissions', 'approvals', 'refusals']);

/** @typedef {Contract['Statistics']['months']} Months */

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('statistics.title'),
  load,
  render: (data) =>
    h(
      'div',
      null,
      h('h1', null, t('statistics.title')),
      h(
        'p',
        { class: 'muted' },
        t('statistics.computed_at', { at: formatExact(data.generated_at) }),
      ),
      h(
        'dl',
        { class: 'figures' },
        figures(data).map(([key, value]) =>
          h('div', { class: 'card' }, h('dt', null, t(`statistics.${key}`)), h('dd', null, value)),
        ),
      ),
      h('h2', null, t('statistics.states')),
      bars(
        Object.entries(data.requests).map(([state, count]) => [
          t(`request_state.${state}`),
          Number(count),
        ]),
      ),
      h('h2', null, t('statistics.decisions')),
      bars(
        Object.entries(data.decisions).map(([outcome, count]) => [
          t(`statistics.outcome_${outcome}`),
          Number(count),
        ]),
      ),
      h('h2', null, t('statistics.months')),
      h('p', { class: 'small muted' }, t('statistics.zone')),
      monthTable(data.months),
      h('h2', null, t('statistics.open_data')),
      h('p', null, t('statistics.open_data_text')),
      h(
        'p',
        null,
        h(
          'a',
          {
            class: 'button',
            href: '/v1/open-data/habilitations.csv',
            download: 'habilitations.csv',
          },
          t('statistics.download'),
        ),
      ),
    ),
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load({ signal }) {
  return (await get('/v1/statistics', { signal })).data;
}

/**
 * @param {Contract['Statistics']} data
 * @returns {[string, string][]}
 */
function figures(data) {
  const days = data.median_days_to_decision;
  return [
    ['organisations', formatNumber(data.organisations)],
    ['habilitations', formatNumber(data.active_habilitations)],
    ['tokens', formatNumber(data.active_tokens)],
    ['calls', formatNumber(data.calls_last_30_days)],
    ['median', days === null ? '–' : t('statistics.days', { count: waited(days) })],
  ];
}

/** Days as people count them: tenths say something of a week at most. @param {number} days */
function waited(days) {
  return days < 0.5 ? 0 : days < 7 ? Math.round(days * 10) / 10 : Math.round(days);
}

/** Bars as a list: the figure is in the text. @param {[string, number][]} rows */
function bars(rows) {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return h(
    'ul',
    { class: 'bars' },
    rows.map(([label, count]) =>
      h(
        'li',
        null,
        h('span', null, label),
        h('span', {
          class: 'bar',
          'aria-hidden': 'true',
          style: { '--share': `${(100 * count) / most}%` },
        }),
        h('span', { class: 'bar-count' }, formatNumber(count)),
      ),
    ),
  );
}

/** Months before anything happened say nothing. @param {Months} months oldest first */
function sinceTheFirst(months) {
  const first = months.findIndex((m) =>
    /** @type {const} */ ([...MEASURES, 'calls']).some((key) => m[key] > 0),
  );
  return months.slice(first < 0 ? -1 : first);
}

/** @param {Months} months */
function monthTable(months) {
  const name = (/** @type {string} */ month) =>
    formatter('date', locale(), { month: 'long', year: 'numeric' }).format(
      new Date(`${month}-15T12:00:00Z`),
    );
  return dataTable({
    caption: t('statistics.months'),
    rows: sinceTheFirst(months).reverse(),
    columns: [
      { label: t('statistics.month'), head: true, cell: (m) => name(m.month) },
      ...MEASURES.map((key) => ({
        label: t(`statistics.${key}`),
        number: true,
        cell: (/** @type {Months[number]} */ m) => formatNumber(m[key]),
      })),
      {
        label: t('statistics.month_calls'),
        number: true,
        cell: (m) => formatNumber(m.calls),
      },
    ],
  });
}
