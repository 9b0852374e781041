/** The last calls with every detail: filters, search by request id, files of all of them. */
import { badge } from '../../components/badge/badge.js';
import { selectField, textField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { loadedPart } from '../../components/loaded-part/loaded-part.js';
import { emptyState } from '../../components/page-states/page-states.js';
import { pagedList } from '../../components/pager/pager.js';
import { summaryList } from '../../components/summary-list/summary-list.js';
import { dataTable } from '../../components/table/table.js';
import { get } from '../../lib/api.js';
import { formatExact, formatMoment } from '../../lib/dates.js';
import { announce } from '../../lib/focus.js';
import { formatMs } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/** @typedef {import('../../lib/router.js').Context} Context */

const STATUSES = ['2xx', '4xx', '5xx', '401', '403', '404', '422', '429', '502', '503', '504'];
/** Parameters of the API and where the address keeps them; the times as they are typed. */
const FILTERS = {
  status: 'statut',
  error_code: 'erreur',
  endpoint: 'point',
  from: 'depuis',
  to: 'jusqua',
  request_id: 'reference',
};
const ERROR_CODE = /^[0-9]{5}$/;
const FORMATS = ['csv', 'json'];
/** Called by programs to know their rights, and counted as the others. */
const PRIVILEGES = '/privileges';
const ENDPOINTS_MAX = 100;

/**
 * @param {{token: any}} loaded
 * @param {Context} ctx
 */
export function callsPanel({ token }, ctx) {
  const path = `/v1/tokens/${token.id}/calls`;
  const typed = () =>
    Object.fromEntries(
      Object.entries(FILTERS).map(([name, key]) => [name, ctx.query.get(key) ?? '']),
    );
  const chosen = () => {
    const { from, to, ...others } = typed();
    return { ...others, from: toTime(from), to: toTime(to) };
  };
  const refresh = h(
    'button',
    { type: 'button', onclick: () => void calls.draw() },
    t('calls.refresh'),
  );
  const acts = h('div', { class: 'actions calls-acts' }, refresh);

  const calls = loadedPart(async () => {
    const { data: first } = await get(path, { query: chosen(), signal: ctx.signal });
    announce(t('calls.shown', { count: first.items.length }));
    acts.replaceChildren(refresh, ...(first.items.length > 0 ? fileLinks(path, chosen()) : []));
    return first.items.length > 0 ? list(first) : nothing();
  });

  /** @param {any} first */
  const list = (first) =>
    pagedList({
      first,
      more: async (cursor) => (await get(path, { query: { ...chosen(), cursor } })).data,
      draw: callTable,
    });

  const nothing = () =>
    Object.values(typed()).some(Boolean)
      ? emptyState({ title: t('calls.none_found'), text: t('calls.none_found_text') })
      : emptyState({ title: t('usage.none_title'), text: t('calls.none_text') });

  const form = loadedPart(async () => {
    const { data } = await get(`/v1/tokens/${token.id}/endpoints`, {
      query: { limit: ENDPOINTS_MAX },
      signal: ctx.signal,
    });
    const paths = data.items.map((/** @type {any} */ endpoint) => endpoint.path);
    return filterForm(ctx, typed(), paths, calls.draw);
  });

  void form.draw();
  void calls.draw();
  return h('div', null, h('h2', null, t('calls.title')), form.place, acts, calls.place);
}

/** What a browser calls a local time, as the API has it. @param {string} typed */
function toTime(typed) {
  const at = new Date(typed);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

/**
 * @param {Context} ctx
 * @param {Record<string, string>} values
 * @param {string[]} paths of the endpoints that the token opens
 * @param {() => Promise<void>} draw
 */
function filterForm(ctx, values, paths, draw) {
  // A token that lost a right still has the calls that it made with it.
  const known = new Set([...paths, PRIVILEGES, values.endpoint].filter(Boolean));
  const choice = (/** @type {string} */ value) => ({ value, label: value });
  const status = selectField({
    name: 'status',
    label: t('calls.status'),
    optional: true,
    placeholder: t('common.all'),
    options: STATUSES.map(choice),
    value: values.status,
  });
  const endpoint = selectField({
    name: 'endpoint',
    label: t('calls.endpoint'),
    optional: true,
    placeholder: t('calls.all_endpoints'),
    options: [...known].sort().map(choice),
    value: values.endpoint,
  });
  const code = textField({
    name: 'error_code',
    label: t('calls.error_code'),
    optional: true,
    value: values.error_code,
    autocomplete: 'off',
    inputmode: 'numeric',
    validate: (value) =>
      !value || ERROR_CODE.test(value.trim()) ? null : t('calls.error_code_wrong'),
  });
  const from = timeField('from', values.from);
  const to = timeField('to', values.to, (value) =>
    value && from.value && value <= from.value ? t('calls.range_wrong') : null,
  );
  const reference = textField({
    name: 'request_id',
    label: t('calls.reference_short'),
    optional: true,
    value: values.request_id,
    autocomplete: 'off',
  });
  const fields = [status, endpoint, code, from, to, reference];
  const form = createForm({
    fields,
    content: h(
      'div',
      { class: 'filters calls-filters' },
      fields.map((field) => field.element),
    ),
    submit: t('common.search'),
    secondary: h('button', { type: 'button', onclick: () => void clear() }, t('calls.clear')),
    onsubmit: async (wanted) => {
      ctx.setQuery(
        Object.fromEntries(
          Object.entries(FILTERS).map(([name, key]) => [key, String(wanted[name] ?? '').trim()]),
        ),
      );
      await draw();
    },
  });
  async function clear() {
    for (const field of fields) {
      field.value = '';
      field.setError(null);
    }
    ctx.setQuery(Object.fromEntries(Object.values(FILTERS).map((key) => [key, null])));
    await draw();
  }
  return h('search', null, form.element);
}

/**
 * A day and an hour here, to the minute: the night of an incident is not a whole day.
 * @param {string} name
 * @param {string} value
 * @param {(value: any) => string | null} [validate]
 */
function timeField(name, value, validate) {
  const type = 'datetime-local';
  return textField({ name, type, label: t(`calls.${name}`), optional: true, value, validate });
}

/**
 * All that the filters leave, written by the server as it is saved: no page holds it in memory.
 * @param {string} path
 * @param {Record<string, string>} filters
 */
function fileLinks(path, filters) {
  const given = Object.entries(filters).filter(([, value]) => value);
  return FORMATS.map((format) =>
    h(
      'a',
      {
        class: 'button plain',
        href: `${path}/export?${new URLSearchParams([['format', format], ...given])}`,
        download: `appels.${format}`,
      },
      t(`calls.export_${format}`),
    ),
  );
}

/** @param {number} status */
function statusBadge(status) {
  if (status < 400) return badge('good', '✓', String(status));
  return status < 500 ? badge('warning', '▲', String(status)) : badge('bad', '✕', String(status));
}

/** @param {any[]} rows */
function callTable(rows) {
  return dataTable({
    caption: t('calls.title'),
    rows,
    columns: [
      {
        label: t('usage.at'),
        whole: true,
        cell: (c) => h('time', { datetime: c.at, title: formatExact(c.at) }, formatMoment(c.at)),
      },
      {
        label: t('usage.endpoint'),
        head: true,
        cell: (c) =>
          h(
            'details',
            null,
            h('summary', null, h('code', null, c.endpoint ?? t('calls.unknown'))),
            details(c),
          ),
      },
      {
        label: t('calls.status'),
        cell: (c) => [statusBadge(c.status), c.error_code && [' ', h('code', null, c.error_code)]],
      },
      {
        label: t('calls.duration'),
        number: true,
        cell: (c) => formatMs(c.duration_ms),
      },
    ],
  });
}

/** @param {any} call */
function details(call) {
  const params = Object.entries(call.params).map(([name, value]) => `${name} = ${value}`);
  return summaryList([
    [t('calls.reference'), h('code', null, call.request_id)],
    [t('usage.at'), h('time', { datetime: call.at }, call.at)],
    [t('calls.params'), params.join(', ')],
    [t('calls.context'), call.context],
    [t('calls.object'), call.object],
    [t('calls.recipient'), call.recipient],
    [t('calls.provider'), call.provider_ms === null ? null : formatMs(call.provider_ms)],
    [t('calls.ip'), call.ip],
  ]);
}
