// The table of api/security/ACCESS.md: one row an operation and the object it acts on, one column a kind of actor.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { operations } from '../../support/openapi.mjs';
import { ACTORS } from './actors.mjs';

const PAGE = fileURLToPath(new URL('../../../api/security/ACCESS.md', import.meta.url));
const BEGIN = '<!-- matrix -->';
const END = '<!-- end of the matrix -->';

/** @typedef {{operation: string, object: string, cells: Record<string, string>}} Row */

const cellsOf = (line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** @returns {Row[]} */
export function readMatrix() {
  const text = readFileSync(PAGE, 'utf8');
  const between = text.slice(text.indexOf(BEGIN), text.indexOf(END));
  let names = [];
  const rows = [];
  for (const line of between.split('\n').filter((one) => one.startsWith('|'))) {
    const [operation, object, ...cells] = cellsOf(line);
    if (operation === 'operation') names = cells;
    else if (!operation.startsWith('-')) {
      const statuses = cells.map((cell, index) => [names[index], cell]);
      rows.push({ operation, object, cells: Object.fromEntries(statuses) });
    }
  }
  return rows;
}

/** A Markdown table as prettier has it. */
function tableOf(lines) {
  const widths = lines[0].map((_, column) =>
    Math.max(3, ...lines.map((line) => line[column].length)),
  );
  const written = lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column])));
  const rule = widths.map((width) => '-'.repeat(width));
  return [written[0], rule, ...written.slice(1)]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}

/** @returns {Map<string, string>} the subject of each operation, in the order of the contract */
function subjects() {
  return new Map(
    operations().map(({ operation: { operationId, tags } }) => [operationId, tags[0]]),
  );
}

/** @param {Row[]} rows */
export function writeMatrix(rows) {
  const names = ACTORS.map(([name]) => name);
  const tagOf = subjects();
  const sections = [...new Set(tagOf.values())].map((tag) => {
    const own = [...tagOf.keys()]
      .filter((id) => tagOf.get(id) === tag)
      .flatMap((id) => rows.filter(({ operation }) => operation === id));
    const lines = own.map(({ operation, object, cells }) => [
      operation,
      object,
      ...names.map((name) => cells[name] ?? '?'),
    ]);
    return `### ${tag}\n\n${tableOf([['operation', 'object', ...names], ...lines])}`;
  });
  const text = readFileSync(PAGE, 'utf8');
  const [head] = text.split(BEGIN);
  const [, tail] = text.split(END);
  writeFileSync(PAGE, `${head}${BEGIN}\n\n${sections.join('\n\n')}\n\n${END}${tail}`);
}
