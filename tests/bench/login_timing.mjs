// How long a refused log-in takes for an e-mail that has an account and for one that has none, in
// turns against one server. Ends with 1 where the two can be told apart: the difference of the means
// is then more than three times its standard error.
//   node tests/bench/login_timing.mjs [tries of each kind, 200]
import { createAccount } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';

const tries = Number(process.argv[2] ?? 200);

async function measure(client, email) {
  const start = process.hrtime.bigint();
  (await client.post('/v1/session', { email, password: 'pas-le-bon-mot-de-passe' })).expect(401);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (times.length - 1);
  return { mean, median: sorted[Math.floor(sorted.length / 2)], variance };
}

const server = await startServer();
let verdict = 1;
try {
  const client = server.client();
  const { email } = await createAccount(server);
  const times = { known: [], unknown: [] };
  await measure(client, email); // the connection is open, the pages are warm
  for (let i = 0; i < tries; i++) {
    const order = i % 2 ? ['known', 'unknown'] : ['unknown', 'known'];
    for (const kind of order) {
      const address = kind === 'known' ? email : `nobody-${i}-${email}`;
      times[kind].push(await measure(client, address));
    }
  }
  const known = summary(times.known);
  const unknown = summary(times.unknown);
  const difference = known.mean - unknown.mean;
  const error = Math.sqrt((known.variance + unknown.variance) / tries);
  for (const [kind, { mean, median }] of Object.entries({ known, unknown })) {
    console.log(`${kind.padEnd(8)} mean ${mean.toFixed(2)} ms, median ${median.toFixed(2)} ms`);
  }
  console.log(`difference ${difference.toFixed(3)} ms, standard error ${error.toFixed(3)} ms`);
  verdict = Math.abs(difference) <= 3 * error ? 0 : 1;
  console.log(verdict === 0 ? 'not to be told apart' : 'CAN BE TOLD APART');
  client.close();
} finally {
  await server.stop();
}
process.exitCode = verdict;
