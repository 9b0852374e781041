/**
 * Calls over time, by outcome, drawn by uPlot; the same figures stand in a
 * table below for those who do not see the chart.
 */
import { dataTable } from '../../../components/table/table.js';
import { formatDayMonth, formatExact, formatTime, zoneName } from '../../../lib/dates.js';
import { formatNumber } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @typedef {Contract['Usage']['series'][number]} Point */

const SERIES = /** @type {const} */ ([
  ['success', '--good'],
  ['not_found', '--warning'],
  ['other_4xx', '--accent'],
  ['server_errors', '--bad'],
]);
/** @param {string} name */
const VENDOR = (name) => new URL(`../../../vendor/uplot/${name}`, import.meta.url).href;
const HEIGHT = 220;
const WIDTH_MIN = 260;
const DAY_S = 86_400;

/** @param {Contract['Usage']} usage */
export function usageChart(usage) {
  const place = h('div', { class: 'chart', 'aria-hidden': 'true' });
  const called = usage.series.filter((point) => point.calls > 0);
  void drawWhenShown(place, usage);
  return h(
    'figure',
    null,
    h('figcaption', null, t('usage.chart')),
    usage.series.length > 0 &&
      h('p', { class: 'small muted' }, t('usage.zone', { zone: zoneName(usage.series[0].at) })),
    legend(),
    place,
    h(
      'details',
      null,
      h('summary', null, t('usage.chart_table')),
      dataTable({
        caption: t('usage.chart'),
        rows: called,
        columns: [
          { label: t('usage.time'), head: true, cell: (p) => formatExact(p.at) },
          { label: t('usage.calls'), number: true, cell: (p) => formatNumber(p.calls) },
          ...SERIES.map(([name]) => ({
            label: t(`usage.series_${name}`),
            number: true,
            cell: (/** @type {Point} */ p) => formatNumber(p[name]),
          })),
        ],
      }),
    ),
  );
}

function legend() {
  return h(
    'ul',
    { class: 'chart-legend', 'aria-hidden': 'true' },
    SERIES.map(([name, token]) =>
      h(
        'li',
        null,
        h('span', { class: 'chart-key', style: { background: `var(${token})` } }),
        t(`usage.series_${name}`),
      ),
    ),
  );
}

/**
 * @param {HTMLElement} place
 * @param {Contract['Usage']} usage
 */
async function drawWhenShown(place, usage) {
  /** @type {{default: typeof import('uplot')}} */
  const { default: UPlot } = await import(VENDOR('uPlot.esm.js'));
  await new Promise((resolve) => {
    requestAnimationFrame(resolve);
  });
  if (!place.isConnected) return;
  ensureStyle();
  const colour = (/** @type {string} */ token) => () => colourOf(place, token);
  const axis = { stroke: colour('--text'), grid: { stroke: colour('--hairline'), width: 1 } };
  const size = () => ({ width: Math.max(WIDTH_MIN, place.clientWidth), height: HEIGHT });
  /** @type {import('uplot').AlignedData} */
  const data = [
    usage.series.map((p) => Date.parse(p.at) / 1000),
    ...SERIES.map(([name]) => usage.series.map((p) => p[name])),
  ];
  const chart = new UPlot(
    {
      ...size(),
      legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      axes: [
        { ...axis, values: timeLabels },
        { ...axis, size: 44 },
      ],
      scales: {
        y: {
          range: (_chart, _min, max) => [0, Math.max(1, max * 1.1)],
        },
      },
      series: [
        { label: t('usage.time') },
        ...SERIES.map(([name, token]) => ({
          label: t(`usage.series_${name}`),
          stroke: colour(token),
          width: 2,
          points: { show: usage.series.length < 40 },
        })),
      ],
    },
    data,
    place,
  );
  const gone = new AbortController();
  const observer = new ResizeObserver(() => {
    if (place.isConnected) chart.setSize(size());
    else {
      observer.disconnect();
      gone.abort();
      chart.destroy();
    }
  });
  observer.observe(place);
  const recolour = () => chart.redraw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour, gone);
  document.addEventListener('themechange', recolour, gone);
}

/**
 * Hours while the marks are closer than a day, else days.
 * @param {import('uplot')} _chart
 * @param {number[]} splits in seconds
 * @param {number} _axis
 * @param {number} _space
 * @param {number} step between two marks
 */
function timeLabels(_chart, splits, _axis, _space, step) {
  return splits.map((at) => {
    const date = new Date(at * 1000);
    const isDay = step >= DAY_S || (date.getHours() === 0 && date.getMinutes() === 0);
    return isDay ? formatDayMonth(date) : formatTime(date);
  });
}

/**
 * A token as the theme in force has it.
 * @param {HTMLElement} place
 * @param {string} token
 */
function colourOf(place, token) {
  place.style.accentColor = `var(${token})`;
  const { accentColor } = getComputedStyle(place);
  place.style.accentColor = '';
  return accentColor;
}

function ensureStyle() {
  const href = VENDOR('uPlot.min.css');
  if (![...document.styleSheets].some((sheet) => sheet.href === href))
    document.head.append(h('link', { rel: 'stylesheet', href }));
}
