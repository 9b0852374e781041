/** Calls as a table, the details of each below its name. */
import { badge, sandboxBadge } from '../../../components/badge/badge.js';
import { summaryList } from '../../../components/summary-list/summary-list.js';
import { dataTable } from '../../../components/table/table.js';
import { formatExact, formatMoment } from '../../../lib/dates.js';
import { formatMs } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @param {number} status */
function statusBadge(status) {
  if (status < 400) return badge('good', '✓', String(status));
  return status < 500 ? badge('warning', '▲', String(status)) : badge('bad', '✕', String(status));
}

/** @param {Contract['Call'][]} rows */
export function callTable(rows) {
  return dataTable({
    caption: t('calls.title'),
    rows,
    columns: [
      {
        label: t('usage.time'),
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
        cell: (c) => [
          statusBadge(c.status),
          c.error_code && [' ', h('code', null, c.error_code)],
          c.sandbox && [' ', sandboxBadge()],
        ],
      },
      {
        label: t('calls.duration'),
        number: true,
        cell: (c) => formatMs(c.duration_ms),
      },
    ],
  });
}

/** @param {Contract['Call']} call */
function details(call) {
  const params = Object.entries(call.params).map(([name, value]) => `${name} = ${value}`);
  return summaryList([
    [t('calls.reference'), h('code', null, call.request_id)],
    [t('usage.time'), h('time', { datetime: call.at }, call.at)],
    [t('calls.params'), params.join(', ')],
    [t('calls.context'), call.context],
    [t('calls.object'), call.object],
    [t('calls.recipient'), call.recipient],
    [t('calls.provider'), call.provider_ms === null ? null : formatMs(call.provider_ms)],
    [t('calls.ip'), call.ip],
    [t('calls.origin'), call.sandbox ? t('calls.origin_sandbox') : null],
  ]);
}
