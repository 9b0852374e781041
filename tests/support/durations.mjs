// A reporter of `node --test` for `script/test --durations`: a line "milliseconds<TAB>file<TAB>test" for
// each test, and one without a test for each file, the start and end of its servers included.
import { relative } from 'node:path';

/**
 * @param {AsyncIterable<{type: string, data: {file?: string, name?: string,
 *   details?: {duration_ms: number}}}>} events
 */
export default async function* durations(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:complete' || !data.file) continue;
    const isFile = data.file.endsWith(data.name);
    const test = isFile ? '' : data.name.replace(/\s+/g, ' ');
    yield `${data.details.duration_ms.toFixed(0)}\t${relative('.', data.file)}\t${test}\n`;
  }
}
