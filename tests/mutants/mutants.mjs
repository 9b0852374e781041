// The mutants of this folder: each a line of the program and what it becomes. A line is found by its text,
// which stands once in its file, so that a mutant still applies when the lines around it move.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/**
 * @typedef {object} Mutant
 * @property {string} name what would be wrong
 * @property {string} file from the root of the repository
 * @property {string} line without its indentation
 * @property {string} becomes
 * @property {string[]} tests who is to find it: `unit_x`, `store_x` or a test file
 */

/** @returns {Mutant[]} */
export function readMutants() {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(`${FOLDER}${name}`, 'utf8')));
}

/**
 * The text with the mutant in it.
 * @param {string} text
 * @param {Mutant} mutant
 */
export function mutate(text, { file, line, becomes }) {
  const lines = text.split('\n');
  const found = lines.flatMap((each, index) => (each.trim() === line ? [index] : []));
  if (found.length !== 1) throw new Error(`${file}: ${found.length} lines are «${line}»`);
  const [at] = found;
  lines[at] = lines[at].replace(line, () => becomes);
  return lines.join('\n');
}
