/** What was called with a token: limits now, figures and chart over a range, errors, alerts. */
import { alert } from '../../components/alert/alert.js';
import { copyButton } from '../../components/copy-button/copy-button.js';
import { csvButton } from '../../components/csv-button/csv-button.js';
import { dateField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { emptyState, errorBox, loadingState } from '../../components/page-states/page-states.js';
import { dataTable } from '../../components/table/table.js';
import { ApiError, get } from '../../lib/api.js';
import { formatMoment, timeElement, typedTime } from '../../lib/dates.js';
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
/** A call is in the figures at once, and on the screen within two seconds. */
const REFRESH_MS = 1500;
const PROVIDERS_MS = 30_000;
const MINUTE_MS = 60_000;
const PROVIDERS_MAX = 100;

/**
 * @param {{token: any}} loaded
 * @param {Context} ctx
 */
export function usagePanel({ token }, ctx) {
  const path = `/v1/tokens/${token.id}`;
  const limits = keptPart();
  const providers = keptPart();
  const figures = keptPart();
  replaceChildren(figures.place, loadingState());
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  /** Draws begun: what an older one fetched is not shown any more, and asks for no further one. */
  let turns = 0;
  let providersAt = 0;
  let line = '';
  ctx.signal.addEventListener('abort', () => clearTimeout(timer));

  const range = () => {
    const from = ctx.query.get('du');
    const to = ctx.query.get('au');
    return from && to
      ? { from: startOfDay(from), to: endOfDay(to) }
      : { window: ctx.query.get('periode') ?? WINDOWS[1] };
  };

  // Outside of what is drawn anew: the focus may stay on it while the figures follow the calls.
  const file = { path: `${path}/usage`, query: range, name: 'consommation.csv' };
  const acts = h(
    'div',
    { class: 'actions calls-acts', hidden: true },
    csvButton(t('usage.export'), file),
  );

  /** @param {boolean} quiet a refresh: nothing is said, nothing moves */
  async function draw(quiet) {
    const mine = ++turns;
    const isLatest = () => mine === turns;
    clearTimeout(timer);
    if (ctx.signal.aborted || (quiet && !figures.place.isConnected)) return;
    if (!(quiet && document.hidden))
      await Promise.all([drawNow(isLatest), drawFigures(quiet, isLatest)]);
    if (isLatest()) timer = setTimeout(() => void draw(true), REFRESH_MS);
  }

  /** @param {() => boolean} isLatest */
  async function drawNow(isLatest) {
    const isDue = Date.now() - providersAt > PROVIDERS_MS;
    const query = { limit: PROVIDERS_MAX };
    const address = `/v1/products/${token.product}/providers`;
    try {
      const [now, health] = await Promise.all([
        get(`${path}/limits`, { signal: ctx.signal }),
        isDue ? get(address, { query, signal: ctx.signal }) : null,
      ]);
      if (!isLatest()) return;
      limits.show(now.data.items, gauges);
      if (!health) return;
      providersAt = Date.now();
      providers.show(health.data.items, providerNotice);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /**
   * @param {boolean} quiet
   * @param {() => boolean} isLatest
   */
  async function drawFigures(quiet, isLatest) {
    try {
      const { data } = await get(`${path}/usage`, { query: range(), signal: ctx.signal });
      if (data.totals.calls === 0) line ||= await exampleLine(token);
      if (!isLatest()) return;
      acts.hidden = data.totals.calls === 0;
      if (!(quiet && figures.place.contains(document.activeElement)))
        figures.show(data, () =>
          report(data, { token, line, links: callsBehind(token, ctx, data) }),
        );
      if (!quiet) announce(t('usage.shown', { count: data.totals.calls }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!quiet && error.kind !== 'aborted' && isLatest()) figures.fail(error, () => draw(false));
    }
  }

  void draw(false);
  return h(
    'div',
    null,
    providers.place,
    h('h2', null, t('usage.limits')),
    limits.place,
    h('h2', null, t('usage.figures')),
    rangePicker(ctx, () => void draw(false)),
    acts,
    figures.place,
    token.permissions.includes('set_alerts') && alertsForm(token, ctx),
  );
}

/** A part that is drawn anew where what it shows changed; what was unfolded stays so, and the focus on it. */
function keptPart() {
  const place = h('div', null);
  let shown = '';
  const folds = () => [...place.querySelectorAll('details')];
  const summaries = () => folds().map((fold) => fold.querySelector('summary'));
  return {
    place,
    /**
     * @template T
     * @param {T} data
     * @param {(data: T) => Node | null} draw
     */
    show(data, draw) {
      // Where the range ends moves on by itself; times are told to the minute that they are ago.
      const minute = Math.floor(Date.now() / MINUTE_MS);
      const text = JSON.stringify([minute, data], (name, value) =>
        ['from', 'to'].includes(name) ? undefined : value,
      );
      if (text === shown) return;
      shown = text;
      const open = folds().map((fold) => fold.open);
      const focused = summaries().findIndex((summary) => summary === document.activeElement);
      replaceChildren(place, draw(data));
      for (const [i, fold] of folds().entries()) fold.open = open[i] ?? fold.open;
      /** @type {HTMLElement | null | undefined} */ (summaries()[focused])?.focus();
    },
    /**
     * @param {ApiError} error
     * @param {() => Promise<void>} retry
     */
    fail(error, retry) {
      shown = '';
      const wrong = [...error.fields.values()].map(({ message }) => message);
      replaceChildren(
        place,
        wrong.length > 0 ? alert('bad', wrong.join(' ')) : errorBox(error, () => void retry()),
      );
    },
  };
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
  const to = dateField({
    name: 'to',
    label: t('usage.to'),
    value: ctx.query.get('au'),
    validate: (day) => (day && from.value && day < from.value ? t('calls.range_wrong') : null),
  });
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

/** @typedef {(filters: Record<string, string>, text: import('../../lib/h.js').Children) => any} Links */

/**
 * @param {any} usage
 * @param {{token: any, line: string, links: Links}} around
 */
function report(usage, { token, line, links }) {
  if (usage.totals.calls === 0) return token.last_called_at ? noneHere(token) : nothingYet(line);
  return h(
    'div',
    null,
    totals(usage.totals),
    usageChart(usage),
    endpointTable(usage.endpoints, links),
    h('h2', null, t('usage.errors')),
    usage.errors.length > 0 ? errorTable(usage.errors, links) : h('p', null, t('usage.no_errors')),
  );
}

/** @param {any} token */
const noneHere = (token) =>
  emptyState({
    title: t('usage.none_here_title'),
    text: t('usage.none_here_text', { when: formatMoment(token.last_called_at) }),
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

/**
 * Links to the calls behind a figure, in its range; the figure alone for whoever may not see them.
 * @param {any} token
 * @param {Context} ctx
 * @param {any} usage
 * @returns {Links}
 */
function callsBehind(token, ctx, usage) {
  if (!token.permissions.includes('read_calls')) return (filters, text) => text;
  const range = new URLSearchParams({ onglet: 'appels', depuis: typedTime(usage.from) });
  if (ctx.query.has('du')) range.set('jusqua', typedTime(usage.to));
  return (filters, text) => {
    const query = new URLSearchParams([...range, ...Object.entries(filters)]);
    return h('a', { href: `/jetons/${token.id}?${query}` }, text);
  };
}

/**
 * @param {any[]} rows
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
        cell: (r) =>
          r.endpoint.startsWith('/')
            ? links({ point: r.endpoint }, h('code', null, r.endpoint))
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
          cell: (r) => [h('code', null, r.code ?? String(r.status)), ' ', r.title],
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
