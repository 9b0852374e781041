// What a call of the gateway costs as tokens grow from 1 to 100,000, each calling in turn, and as the log
// grows from 10⁵ to 10⁷ calls: processor time of the program and of PostgreSQL, for each call.
// `node tests/bench/growth.mjs [--seconds 5] [--tokens 100000] [--calls 10000000]`, on the release build.
import { mkdtemp, rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { freePort } from '../support/ports.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { Issuer } from '../support/tokens.mjs';
import {
  fillLog,
  makeProducts,
  makeTokens,
  measure,
  PATH,
  processorUs,
  residentMegabytes,
  SCOPES,
  startProvider,
  stopAll,
  writeScript,
} from './measure.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    tokens: { type: 'string', default: '100000' },
    calls: { type: 'string', default: '10000000' },
  },
});
const powersUpTo = (first, most) => {
  const found = [];
  for (let count = first; count <= most; count *= 10) found.push(count);
  return found;
};

const folder = await mkdtemp('/tmp/guichet-bench-');
let server;

/** Processor time that PostgreSQL's processes for this database have taken. */
async function databaseUs() {
  const rows = await server.database.rows(
    'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  let sum = 0;
  for (const { pid } of rows) sum += await processorUs(pid).catch(() => 0);
  return sum;
}

/** Once `warmUp` calls were made: the first of a token are dearer. */
async function measureCall(target, warmUp, more) {
  for (let calls = 0; calls < warmUp;)
    calls += (await measure(target, { seconds: options.seconds, ...more })).calls;
  const before = await databaseUs();
  const found = await measure(target, { seconds: options.seconds, pid: server.pid, ...more });
  const megabytes = await residentMegabytes(server.pid);
  return { ...found, databaseUs: ((await databaseUs()) - before) / found.calls, megabytes };
}

function print(name, { us, databaseUs: perCall, rate, megabytes }) {
  const cells = [name, us.toFixed(0), perCall.toFixed(0), rate.toFixed(0), megabytes.toFixed(0)];
  console.log(`| ${cells.join(' | ')} |`);
}

try {
  const upstream = await freePort();
  await startProvider(folder, upstream, await freePort());
  const env = await makeProducts(folder, upstream, upstream);
  server = await startServer({ env: { ...env, GUICHET_LOG_LEVEL: 'warning' } });
  const issuer = await new Issuer(server).start();
  const token = await issuer.issue({ scopes: SCOPES, siret: SIRETS.CLAMART });
  console.log('| | µs in the program | µs in PostgreSQL | calls/s | MB |\n|---|---|---|---|---|');
  for (const calls of powersUpTo(100_000, Number(options.calls))) {
    await fillLog(server.database, token.id, calls === 100_000 ? 0 : calls / 10, calls);
    print(`${calls} calls`, await measureCall(server.url + PATH, 1, { token: token.string }));
  }
  const strings = [];
  for (const tokens of powersUpTo(1, Number(options.tokens))) {
    strings.push(...(await makeTokens(issuer, strings.length + 1, tokens - strings.length)));
    const script = await writeScript(folder, strings);
    print(`${tokens} tokens`, await measureCall(server.url, tokens, { script }));
  }
} finally {
  stopAll();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
}
