/**
 * A table that becomes cards under 900 px (each cell then shows its column's
 * name). Figures go right with `number: true`.
 *
 *   dataTable({caption, columns: [{label, cell: (row) => node, number, head}], rows})
 *
 * `head: true` marks the column that names the row; `whole: true` one of few words, which are never
 * cut in two where the screen is narrow; `long: true` one of sentences, which take a card's whole width.
 */
import { h } from '../../lib/h.js';

/**
 * @template T
 * @typedef {{label: string, cell: (row: T) => Children, number?: boolean, head?: boolean, whole?: boolean, long?: boolean}} Column
 */

/**
 * @template T
 * @param {{caption: string, columns: Column<T>[], rows: T[], captionShown?: boolean, rowProps?: (row: T) => Props}} options
 */
export function dataTable({ caption, columns, rows, captionShown = false, rowProps }) {
  return h(
    'table',
    { class: 'data-table' },
    h('caption', { class: captionShown ? null : 'visually-hidden' }, caption),
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        columns.map((c) => h('th', { scope: 'col', class: c.number ? 'number' : null }, c.label)),
      ),
    ),
    h(
      'tbody',
      null,
      rows.map((row) => tableRow(row, columns, rowProps)),
    ),
  );
}

/**
 * @template T
 * @param {T} row
 * @param {Column<T>[]} columns
 * @param {((row: T) => Props) | undefined} rowProps
 */
function tableRow(row, columns, rowProps) {
  return h(
    'tr',
    rowProps?.(row) ?? null,
    columns.map((c) => {
      const kind = c.number ? 'number' : c.whole ? 'whole' : c.long ? 'long' : null;
      const props = { class: kind, dataset: { label: c.label } };
      if (c.head) return h('th', { ...props, scope: 'row' }, c.cell(row));
      const cell = h('td', props, h('div', { class: 'data-cell' }, c.cell(row)));
      cell.classList.toggle('data-none', !cell.firstChild?.hasChildNodes());
      return cell;
    }),
  );
}
