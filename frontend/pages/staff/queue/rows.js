/** The rows of the queue: dense, one link each, the same facts in the same place. */
import { act } from '../../../components/act/act.js';
import { badge, requestBadge } from '../../../components/badge/badge.js';
import { dataTable } from '../../../components/table/table.js';
import { formatExact, formatRelative } from '../../../lib/dates.js';
import { personName } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';

/** A file that waits longer than this is marked. */
const LATE_DAYS = 14;
const DAY_MS = 86_400_000;

/**
 * @param {Contract['RequestSummary'][]} rows
 * @param {(row: Contract['RequestSummary']) => Promise<void>} assign
 */
export function queueTable(rows, assign) {
  return dataTable({
    caption: t('queue.title'),
    rows,
    rowProps: (row) => ({ dataset: { request: row.id } }),
    columns: [
      { label: t('requests.number'), cell: (r) => r.number },
      { label: t('queue.file'), head: true, cell: title },
      { label: t('queue.use_case'), cell: (r) => r.use_case_name },
      { label: t('requests.state'), cell: (r) => requestBadge(r.state) },
      { label: t('queue.age'), cell: age },
      { label: t('queue.checks'), cell: checks },
      { label: t('queue.assignee'), cell: (r) => assignee(r, assign) },
    ],
  });
}

/** @param {Contract['RequestSummary']} row */
function title(row) {
  return [
    h(
      'a',
      { href: `/instruction/${row.id}`, id: `dossier-${row.id}`, class: 'queue-link' },
      row.organisation_name ?? row.siret,
    ),
    h('br'),
    h('span', { class: 'small muted' }, row.title || t('requests.untitled')),
    !row.applicant_valid && [' ', badge('warning', '▲', t('queue.no_applicant'))],
    row.awaits_second && [' ', badge('warning', '▲', t('queue.awaits_second'))],
    row.reopened && [' ', badge('information', '↻', t('queue.reopened'))],
    row.unread_messages > 0 && [
      ' ',
      badge('information', '✉', t('requests.unread', { count: row.unread_messages })),
    ],
  ];
}

/** @param {Contract['RequestSummary']} row */
function age(row) {
  const since = row.submitted_at ?? row.updated_at;
  const days = Math.floor((Date.now() - Date.parse(since)) / DAY_MS);
  const late = row.state === 'submitted' && days >= LATE_DAYS;
  return h(
    'time',
    { datetime: since, title: formatExact(since) },
    late && h('span', { 'aria-hidden': 'true' }, '▲ '),
    late && h('span', { class: 'visually-hidden' }, t('queue.late'), ' '),
    formatRelative(since),
  );
}

/** @param {Contract['RequestSummary']} row */
function checks(row) {
  if (row.submitted_at === null) return '–';
  return row.warnings > 0
    ? badge('warning', '▲', t('queue.warnings', { count: row.warnings }))
    : badge('good', '✓', t('queue.no_warning'));
}

/**
 * @param {Contract['RequestSummary']} row
 * @param {(row: Contract['RequestSummary']) => Promise<void>} assign
 */
function assignee(row, assign) {
  const mine = row.assignee?.id === session.me.id;
  return [
    row.assignee ? personName(row.assignee) : h('span', { class: 'muted' }, t('queue.no_assignee')),
    ' ',
    h(
      'button',
      { type: 'button', class: 'plain', onclick: act(() => assign(row)) },
      t(mine ? 'queue.unassign' : 'queue.assign_to_me'),
      h('span', { class: 'visually-hidden' }, ` : ${row.number}`),
    ),
  ];
}
