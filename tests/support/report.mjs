// A reporter of `node --test` for script/test: a line "milliseconds<TAB>file<TAB>test" for each test, one
// without a test for each file (the start and end of its servers included), and at last "passed failed". A
// test that did not run to its end, was skipped or is still to be written counts as failed.
import { relative } from 'node:path';

/**
 * @param {AsyncIterable<{type: string, data: {file?: string, name?: string, message?: string,
 *   nesting?: number, details?: {duration_ms: number}}}>} events
 */
export default async function* report(events) {
  const totals = {};
  for await (const { type, data } of events) {
    if (type === 'test:complete' && data.file) {
      const test = data.file.endsWith(data.name) ? '' : data.name.replace(/\s+/g, ' ');
      yield `${data.details.duration_ms.toFixed(0)}\t${relative('.', data.file)}\t${test}\n`;
    }
    const found = type === 'test:diagnostic' && /^(\w+) (\d+)$/.exec(data.message);
    if (found && data.nesting === 0) totals[found[1]] = Number(found[2]);
  }
  const { pass = 0, fail = 0, cancelled = 0, skipped = 0, todo = 0 } = totals;
  yield `${pass} ${fail + cancelled + skipped + todo}\n`;
}
