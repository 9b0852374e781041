/** The figures of a range: totals, chart, by endpoint, errors; or what to do when nothing was called. */
import { alert } from '../../../components/alert/alert.js';
import { sandboxBadge } from '../../../components/badge/badge.js';
import { copyButton } from '../../../components/copy-button/copy-button.js';
import { emptyState } from '../../../components/page-states/page-states.js';
import { dataTable } from '../../../components/table/table.js';
import { formatMoment, timeElement, typedTime } from '../../../lib/dates.js';
import { formatMs, formatNumber, formatPercent } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { usageChart } from './chart.js';

/** @typedef {import('../../../lib/router.js').Context} Context */
/** @typedef {(filters: Record<string, string>, text: Children) => Children} Links */

/**
 * @param {Contract['Usage']} usage
 * @param {{token: Contract['Token'], line: string, links: Links}} around
 */
export function report(usage, { token, line, links }) {
  if (usage.totals.calls === 0)
    return token.last_called_at ? noneHere(token.last_called_at) : nothingYet(line);
  return h(
    'div',
    null,
    usage.totals.sandbox_calls > 0 &&
      alert('warning', t('usage.sandbox_calls', { count: usage.totals.sandbox_calls })),
    totals(usage.totals),
    usageChart(usage),
    endpointTable(usage.endpoints, links),
    h('h2', null, t('usage.errors')),
    usage.errors.length > 0 ? errorTable(usage.errors, links) : h('p', null, t('usage.no_errors')),
  );
}

/** @param {string} lastCallAt */
const noneHere = (lastCallAt) =>
  emptyState({
    title: t('usage.none_here_title'),
    text: t('usage.none_here_text', { when: formatMoment(lastCallAt) }),
  });

/** @param {string} line */
function nothingYet(line) {
  return h(
    'div',
    null,
    emptyState({ title: t('usage.none_title'), text: t('usage.none_text') }),
    h('pre', { class: 'code', tabindex: '0' }, h('code', null, line)),
    copyButton(() => line, t('token.copy_line')),
  );
}

/** @param {number | null} percent */
const percentText = (percent) => (percent === null ? '–' : formatPercent(percent / 100));

/** @param {Contract['UsageFigures']} figures */
function totals(figures) {
  const cells = [
    [t('usage.calls'), formatNumber(figures.calls)],
    [t('usage.success'), percentText(figures.success_percent)],
    [t('usage.p50'), formatMs(figures.p50_ms)],
    [t('usage.p95'), formatMs(figures.p95_ms)],
  ];
  return h(
    'dl',
    { class: 'figures' },
    cells.map(([term, value]) => h('div', null, h('dt', null, term), h('dd', null, value))),
  );
}

/**
 * Marks a row some of whose calls the sandbox answered; with their number where it is not all of them.
 * @param {{calls: number, sandbox_calls: number}} row
 * @returns {Children}
 */
function sandboxMark({ calls, sandbox_calls: count }) {
  if (count === 0) return null;
  return [' ', sandboxBadge(), count < calls && ` ${t('usage.sandbox_of', { count, calls })}`];
}

/**
 * Links a figure to its calls in the range; without the permission to read calls, the plain figure.
 * @param {Contract['Token']} token
 * @param {Context} ctx
 * @param {Contract['Usage']} usage
 * @returns {Links}
 */
export function callsBehind(token, ctx, usage) {
  if (!token.permissions.includes('read_calls')) return (filters, text) => text;
  const range = new URLSearchParams({ onglet: 'appels', depuis: typedTime(usage.from) });
  if (ctx.query.has('du')) range.set('jusqua', typedTime(usage.to));
  return (filters, text) => {
    const query = new URLSearchParams([...range, ...Object.entries(filters)]);
    return h('a', { href: `/jetons/${token.id}?${query}` }, text);
  };
}

/**
 * @param {Contract['Usage']['endpoints']} rows
 * @param {Links} links
 */
function endpointTable(rows, links) {
  return dataTable({
    caption: t('usage.by_endpoint'),
    captionShown: true,
    rows,
    columns: [
      {
        label: t('usage.endpoint'),
        head: true,
        cell: (r) => [
          r.endpoint.startsWith('/')
            ? links({ point: r.endpoint }, h('code', null, r.endpoint))
            : r.endpoint,
          sandboxMark(r),
        ],
      },
      { label: t('usage.calls'), number: true, cell: (r) => formatNumber(r.calls) },
      { label: t('usage.success'), number: true, cell: (r) => percentText(r.success_percent) },
      { label: t('usage.not_found'), number: true, cell: (r) => percentText(r.not_found_percent) },
      { label: t('usage.other_4xx'), number: true, cell: (r) => percentText(r.other_4xx_percent) },
      { label: t('usage.server'), number: true, cell: (r) => percentText(r.server_error_percent) },
      { label: t('usage.p50'), number: true, cell: (r) => formatMs(r.p50_ms) },
      { label: t('usage.p95'), number: true, cell: (r) => formatMs(r.p95_ms) },
    ],
  });
}

/**
 * @param {Contract['Usage']['errors']} rows
 * @param {Links} links
 */
function errorTable(rows, links) {
  return [
    h('p', { class: 'muted' }, t('usage.errors_text')),
    dataTable({
      caption: t('usage.errors'),
      rows,
      columns: [
        {
          label: t('usage.error'),
          head: true,
          cell: (r) => [h('code', null, r.code ?? String(r.status)), ' ', r.title, sandboxMark(r)],
        },
        {
          label: t('usage.calls'),
          number: true,
          cell: (r) =>
            links(
              { statut: String(r.status), ...(r.code && { erreur: r.code }) },
              formatNumber(r.calls),
            ),
        },
        { label: t('usage.last'), cell: (r) => timeElement(r.last_at) },
        { label: t('usage.advice'), cell: (r) => r.advice },
      ],
    }),
  ];
}
