// How long the answers take that must not tell whether an e-mail has an account: log-in, sign-up, a new
// activation link and forgotten password, for a known and an unknown one, in turns against one server. Ends with 1 where any
// of them can be told apart: the difference of the means is then more than three times its standard error.
//   node tests/bench/login_timing.mjs [tries of each kind, 200]
import { createAccount, signUpForm } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const tries = Number(process.argv[2] ?? 200);
const FORMS = {
  'log-in': async (client, email) =>
    (await client.post('/v1/session', { email, password: 'pas-le-bon-mot-de-passe' })).expect(401),
  'sign-up': async (client, email) =>
    (await client.post('/v1/accounts', signUpForm({ email, siret: SIRETS.CLAMART }))).expect(202),
  'activation link': async (client, email) =>
    (await client.post('/v1/accounts/activation-mail', { email })).expect(202),
  'password reset': async (client, email) =>
    (await client.post('/v1/password-reset-mail', { email })).expect(202),
};

async function measure(send, client, email) {
  const start = process.hrtime.bigint();
  await send(client, email);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (times.length - 1);
  return { mean, median: sorted[Math.floor(sorted.length / 2)], variance };
}

/** True where the two kinds of addresses cannot be told apart. */
function report(name, times) {
  const known = summary(times.known);
  const unknown = summary(times.unknown);
  const difference = known.mean - unknown.mean;
  const error = Math.sqrt((known.variance + unknown.variance) / tries);
  const alike = Math.abs(difference) <= 3 * error;
  const of = ({ mean, median }) => `mean ${mean.toFixed(2)} ms, median ${median.toFixed(2)} ms`;
  console.log(`${name}: known ${of(known)}; unknown ${of(unknown)}`);
  console.log(
    `  difference ${difference.toFixed(3)} ms, standard error ${error.toFixed(3)} ms: ` +
      (alike ? 'not to be told apart' : 'CAN BE TOLD APART'),
  );
  return alike;
}

const server = await startServer();
let verdict = 0;
try {
  const client = server.client();
  const { email } = await createAccount(server, { siret: SIRETS.CLAMART });
  for (const [name, send] of Object.entries(FORMS)) {
    const times = { known: [], unknown: [] };
    // The connection is open, the pages are warm.
    for (const address of [email, `warm-${email}`]) await measure(send, client, address);
    for (let i = 0; i < tries; i++) {
      const order = i % 2 ? ['known', 'unknown'] : ['unknown', 'known'];
      for (const kind of order) {
        const address = kind === 'known' ? email : `nobody-${i}-${email}`;
        times[kind].push(await measure(send, client, address));
      }
    }
    if (!report(name, times)) verdict = 1;
  }
  client.close();
} finally {
  await server.stop();
}
process.exitCode = verdict;
