/** The last calls with every detail: filters, search by request id, export. */
import { badge } from '../../components/badge/badge.js';
import { selectField, textField } from '../../components/field/field.js';
import { loadedPart } from '../../components/loaded-part/loaded-part.js';
import { emptyState, errorBox } from '../../components/page-states/page-states.js';
import { pagedList } from '../../components/pager/pager.js';
import { summaryList } from '../../components/summary-list/summary-list.js';
import { dataTable } from '../../components/table/table.js';
import { ApiError, get } from '../../lib/api.js';
import { formatExact, timeElement } from '../../lib/dates.js';
import { announce } from '../../lib/focus.js';
import { formatNumber } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/** @typedef {import('../../lib/router.js').Context} Context */

const STATUSES = ['2xx', '4xx', '5xx', '401', '403', '404', '422', '429', '502', '503', '504'];
const FILTERS = { status: 'statut', endpoint: 'point', request_id: 'reference' };

/**
 * @param {{token: any}} loaded
 * @param {Context} ctx
 */
export function callsPanel({ token }, ctx) {
  const path = `/v1/tokens/${token.id}/calls`;
  const chosen = () =>
    Object.fromEntries(
      Object.entries(FILTERS).map(([name, key]) => [name, ctx.query.get(key) ?? '']),
    );

  const { place, draw } = loadedPart(async () => {
    const { data: first } = await get(path, { query: chosen(), signal: ctx.signal });
    announce(t('calls.shown', { count: first.items.length }));
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
    Object.values(chosen()).some(Boolean)
      ? emptyState({ title: t('calls.none_found'), text: t('calls.none_found_text') })
      : emptyState({ title: t('usage.none_title'), text: t('calls.none_text') });

  void draw();
  return h(
    'div',
    null,
    h('h2', null, t('calls.title')),
    filterForm(ctx, chosen(), draw),
    h(
      'p',
      { class: 'actions' },
      h('button', { type: 'button', onclick: () => void draw() }, t('calls.refresh')),
      ['text/csv', 'application/json'].map((type) => exportButton(path, chosen, type)),
    ),
    place,
  );
}

/**
 * @param {Context} ctx
 * @param {Record<string, string>} values
 * @param {() => Promise<void>} draw
 */
function filterForm(ctx, values, draw) {
  const status = selectField({
    name: 'status',
    label: t('calls.status'),
    optional: true,
    placeholder: t('common.all'),
    options: STATUSES.map((value) => ({ value, label: value })),
    value: values.status,
  });
  const endpoint = textField({
    name: 'endpoint',
    label: t('calls.endpoint'),
    optional: true,
    value: values.endpoint,
    autocomplete: 'off',
  });
  const reference = textField({
    name: 'request_id',
    label: t('calls.reference'),
    optional: true,
    value: values.request_id,
    autocomplete: 'off',
  });
  return h(
    'form',
    {
      class: 'filters',
      role: 'search',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        ctx.setQuery({
          statut: status.value,
          point: endpoint.value.trim(),
          reference: reference.value.trim(),
        });
        void draw();
      },
    },
    status.element,
    endpoint.element,
    reference.element,
    h('button', { type: 'submit' }, t('common.search')),
  );
}

/**
 * The whole of what the filters show, as a file.
 * @param {string} path
 * @param {() => Record<string, string>} chosen
 * @param {string} type
 */
function exportButton(path, chosen, type) {
  const name = type === 'text/csv' ? 'csv' : 'json';
  const button = h(
    'button',
    { type: 'button', class: 'plain', onclick: () => void save() },
    t(`calls.export_${name}`),
  );
  async function save() {
    button.setAttribute('aria-disabled', 'true');
    try {
      const text = type === 'text/csv' ? await csv() : await json();
      const address = URL.createObjectURL(new Blob([text], { type }));
      h('a', { href: address, download: `appels.${name}` }).click();
      URL.revokeObjectURL(address);
      announce(t('calls.exported'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      button.after(errorBox(error));
    } finally {
      button.removeAttribute('aria-disabled');
    }
  }
  const csv = async () => (await get(path, { query: chosen(), accept: 'text/csv' })).data ?? '';
  async function json() {
    const items = [];
    let cursor = null;
    do {
      const query = { ...chosen(), cursor, limit: 100 };
      const { data } = /** @type {any} */ (await get(path, { query }));
      items.push(...data.items);
      cursor = data.next_cursor;
      button.textContent = t('calls.exporting', { count: items.length });
    } while (cursor);
    button.textContent = t(`calls.export_${name}`);
    return JSON.stringify(items, null, 1);
  }
  return button;
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
      { label: t('usage.at'), cell: (c) => timeElement(c.at) },
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
        cell: (c) => `${formatNumber(Math.round(c.duration_ms))} ms`,
      },
    ],
  });
}

/** @param {any} call */
function details(call) {
  const params = Object.entries(call.params).map(([name, value]) => `${name} = ${value}`);
  return summaryList([
    [t('calls.reference'), h('code', null, call.request_id)],
    [t('usage.at'), formatExact(call.at)],
    [t('calls.params'), params.join(', ')],
    [t('calls.context'), call.context],
    [t('calls.object'), call.object],
    [t('calls.recipient'), call.recipient],
    [
      t('calls.provider'),
      call.provider_ms === null ? null : `${formatNumber(Math.round(call.provider_ms))} ms`,
    ],
    [t('calls.ip'), call.ip],
  ]);
}
