/** What was called with a token: limits now, figures and chart over a range, errors, alerts. */
import { alert } from '../../components/alert/alert.js';
import { copyButton } from '../../components/copy-button/copy-button.js';
import { dateField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { emptyState, errorBox, loadingState } from '../../components/page-states/page-states.js';
import { dataTable } from '../../components/table/table.js';
import { ApiError, get } from '../../lib/api.js';
import { timeElement } from '../../lib/dates.js';
import { announce } from '../../lib/focus.js';
import { formatMs, formatNumber, formatPercent } from '../../lib/format.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { alertsForm } from './alerts.js';
import { usageChart } from './chart.js';
import { exampleLine } from './example.js';
import { providerNotice } from './providers.js';

/** @typedef {import('../../lib/router.js').Context} Context */

const WINDOWS = ['10m', '30h', '8d'];
const REFRESH_MS = 5000;
const PROVIDERS_MAX = 100;

/**
 * @param {{token: any}} loaded
 * @param {Context} ctx
 */
export function usagePanel({ token }, ctx) {
  const path = `/v1/tokens/${token.id}`;
  const limits = h('div', null);
  const providers = h('div', null);
  const figures = h('div', null, loadingState());
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  ctx.signal.addEventListener('abort', () => clearTimeout(timer));

  const range = () => {
    const from = ctx.query.get('du');
    const to = ctx.query.get('au');
    return from && to
      ? { from: startOfDay(from), to: endOfDay(to) }
      : { window: ctx.query.get('periode') ?? WINDOWS[1] };
  };

  /** @param {boolean} quiet a refresh: nothing is said, nothing moves */
  async function draw(quiet) {
    clearTimeout(timer);
    if (ctx.signal.aborted || (quiet && !figures.isConnected)) return;
    try {
      const [usage, now, health] = await Promise.all([
        get(`${path}/usage`, { query: range(), signal: ctx.signal }),
        get(`${path}/limits`, { signal: ctx.signal }),
        get(`/v1/products/${token.product}/providers`, {
          query: { limit: PROVIDERS_MAX },
          signal: ctx.signal,
        }),
      ]);
      replaceChildren(limits, gauges(now.data.items));
      replaceChildren(providers, providerNotice(health.data.items));
      if (!(quiet && figures.contains(document.activeElement)))
        replaceChildren(figures, await report(usage.data, token));
      if (!quiet) announce(t('usage.shown', { count: usage.data.totals.calls }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.kind === 'aborted') return;
      if (!quiet)
        replaceChildren(
          figures,
          errorBox(error, () => void draw(false)),
        );
    }
    timer = setTimeout(() => void draw(true), REFRESH_MS);
  }

  void draw(false);
  return h(
    'div',
    null,
    providers,
    h('h2', null, t('usage.limits')),
    limits,
    h('h2', null, t('usage.figures')),
    rangePicker(ctx, () => void draw(false)),
    figures,
    token.permissions.includes('set_alerts') && alertsForm(token, ctx),
  );
}

/** @param {string} day */
const startOfDay = (day) => new Date(`${day}T00:00:00`).toISOString();
/** The range ends before it. @param {string} day */
function endOfDay(day) {
  const next = new Date(`${day}T00:00:00`);
  next.setDate(next.getDate() + 1);
  return next.toISOString();
}

/**
 * @param {Context} ctx
 * @param {() => void} changed
 */
function rangePicker(ctx, changed) {
  const buttons = WINDOWS.map((name) =>
    h('button', { type: 'button', onclick: () => choose(name) }, t(`usage.window_${name}`)),
  );
  const from = dateField({ name: 'from', label: t('usage.from'), value: ctx.query.get('du') });
  const to = dateField({ name: 'to', label: t('usage.to'), value: ctx.query.get('au') });
  const form = createForm({
    fields: [from, to],
    content: h('div', { class: 'field-row' }, from.element, to.element),
    submit: t('usage.apply'),
    onsubmit: async (values) => {
      ctx.setQuery({ du: values.from, au: values.to, periode: null });
      mark();
      changed();
    },
  });

  /** @param {string} name */
  function choose(name) {
    ctx.setQuery({ periode: name, du: null, au: null });
    mark();
    changed();
  }
  function mark() {
    const chosen = ctx.query.get('du') ? '' : (ctx.query.get('periode') ?? WINDOWS[1]);
    for (const [i, button] of buttons.entries())
      button.setAttribute('aria-pressed', String(WINDOWS[i] === chosen));
  }
  mark();
  return h(
    'div',
    { class: 'range-picker' },
    h('div', { class: 'actions', role: 'group', 'aria-label': t('usage.range') }, buttons),
    h('details', { open: ctx.query.has('du') }, h('summary', null, t('usage.free')), form.element),
  );
}

/** What was called first; limits that nothing touches are folded. @param {any[]} items */
function gauges(items) {
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

/** @param {any[]} items */
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

/**
 * @param {any} usage
 * @param {any} token
 */
async function report(usage, token) {
  if (usage.totals.calls === 0) return nothingYet(token);
  return h(
    'div',
    null,
    totals(usage.totals),
    usageChart(usage),
    endpointTable(usage.endpoints, token),
    h('h2', null, t('usage.errors')),
    usage.errors.length > 0 ? errorTable(usage.errors, token) : h('p', null, t('usage.no_errors')),
  );
}

/** @param {any} token */
async function nothingYet(token) {
  const line = await exampleLine(token);
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

/** @param {any} figures */
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

/** The calls behind a figure. @param {any} token @param {Record<string, string>} filters */
const callsAddress = (token, filters) =>
  `/jetons/${token.id}?${new URLSearchParams({ onglet: 'appels', ...filters })}`;

/**
 * @param {any[]} rows
 * @param {any} token
 */
function endpointTable(rows, token) {
  return dataTable({
    caption: t('usage.by_endpoint'),
    captionShown: true,
    rows,
    columns: [
      {
        label: t('usage.endpoint'),
        head: true,
        cell: (r) =>
          r.endpoint.startsWith('/')
            ? h(
                'a',
                { href: callsAddress(token, { point: r.endpoint }) },
                h('code', null, r.endpoint),
              )
            : r.endpoint,
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
 * @param {any[]} rows
 * @param {any} token
 */
function errorTable(rows, token) {
  return [
    alert('information', t('usage.errors_text')),
    dataTable({
      caption: t('usage.errors'),
      rows,
      columns: [
        {
          label: t('usage.error'),
          head: true,
          cell: (r) => [h('code', null, r.code ?? String(r.status)), ' ', r.title],
        },
        {
          label: t('usage.calls'),
          number: true,
          cell: (r) =>
            h(
              'a',
              { href: callsAddress(token, { statut: String(r.status) }) },
              formatNumber(r.calls),
            ),
        },
        { label: t('usage.last'), cell: (r) => timeElement(r.last_at) },
        { label: t('usage.advice'), cell: (r) => r.advice },
      ],
    }),
  ];
}
