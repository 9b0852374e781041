// A reporter of `node --test` that prints one line, "passed failed", for script/test. A test that did
// not run to its end, was skipped or is still to be written counts as failed.

/** @param {AsyncIterable<{type: string, data: {message?: string, nesting?: number}}>} events */
export default async function* counts(events) {
  const totals = {};
  for await (const { type, data } of events) {
    const found = type === 'test:diagnostic' && /^(\w+) (\d+)$/.exec(data.message);
    if (found && data.nesting === 0) totals[found[1]] = Number(found[2]);
  }
  const { pass = 0, fail = 0, cancelled = 0, skipped = 0, todo = 0 } = totals;
  yield `${pass} ${fail + cancelled + skipped + todo}\n`;
}
