// Memory runs out: one allocation after the other is refused, in every kind of request. The request
// fails with 500 or 503, or the process says so and ends; what was acknowledged stays, whole.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answers, cast, createRequest, decide, submitRequest } from '../support/requests.mjs';
import { PASSWORD, signUpForm } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';
import { preload } from './shim.mjs';

const FULL = process.env.GUICHET_TEST_FULL === '1';
/** Which allocation fails: all of the first ones, then ever fewer. */
const TURNS = FULL
  ? Array.from({ length: 400 }, (_, i) => 1 + i)
  : [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 117, 144, 182, 189];
const UNIT = `v4/insee/sirene/unites_legales/130025265?${ASKED}`;

let memory;
let server;
let people;
let token;
before(async () => {
  memory = await preload('failing_malloc', 'FAILING_MALLOC_FILE');
  server = await startServer({
    env: { ...memory.env, GUICHET_WORKER: 'off', GUICHET_DRAFTS_PER_ACCOUNT: '10000' },
  });
  people = await cast(server, { siret: SIRETS.RENNES });
  const issuer = await new Issuer(server).start();
  const scopes = ['unites_legales_etablissements_insee'];
  token = await issuer.issue({ scopes, siret: SIRETS.LYON });
});
after(async () => {
  memory.set(0);
  await server?.stop();
  await memory?.remove();
});

const applicant = () => people.applicant.client;

// What is prepared with all the memory there is, then asked for with too little of it.
const REQUESTS = {
  // A good token is not told that it is none.
  a_call_of_the_gateway: { act: () => token.get(UNIT), never: [401, 403, 404] },
  a_list: { act: () => applicant().get('/v1/requests') },
  a_search_of_the_directory: {
    act: () => applicant().get('/v1/directory/establishments?q=mairie'),
  },
  a_log_in: {
    act: () =>
      server.client().post('/v1/session', { email: people.applicant.email, password: PASSWORD }),
  },
  a_sign_up: { act: () => server.client().post('/v1/accounts', signUpForm()) },
  a_draft: {
    prepare: () => createRequest(applicant(), { siret: SIRETS.RENNES }),
    act: ({ body, etag }) =>
      applicant().patch(`/v1/requests/${body.id}`, answers(people), { etag }),
  },
  a_decision: {
    prepare: () => submitRequest(applicant(), { siret: SIRETS.RENNES, domain: people.domain }),
    act: ({ id }) => decide(people.instructor.client, id, 'approve'),
    done: ({ id }) => `select count(*) from request where id = '${id}' and state = 'approved'`,
  },
};

const HALVES = `
  select r.id from request r
  where r.use_case <> 'tests' and (r.state = 'approved')
    <> ((select count(*) from habilitation h where h.request_id = r.id) = 1
    and (select count(*) from token t where t.request_id = r.id) = 1
    and (select count(*) from decision d where d.request_id = r.id) = 1)`;

/** What the process did about it: went on, or said why and ended. */
async function settle() {
  const alive = await fetch(`${server.url}/health/live`).then(
    (answer) => answer.status === 200,
    () => false,
  );
  if (alive) return 'went on';
  await waitFor('its end', () => server.hasEnded);
  // Debian's libtasn1, below GnuTLS, does not look at what it allocates for a key.
  const said = server.stderr.slice(-4000);
  assert.ok(server.endedBy === 'SIGABRT' || /libtasn1|libgnutls/.test(said), said);
  for (const client of [applicant(), people.instructor.client]) client.close();
  await server.start();
  return 'ended';
}

for (const [name, { prepare, act, done, never = [] }] of Object.entries(REQUESTS)) {
  test(`${name}_out_of_memory_corrupts_nothing`, async (t) => {
    const outcomes = {};
    for (const turn of TURNS) {
      const prepared = await prepare?.().catch(async () => {
        // Another thread met the failure, a moment after the answer.
        await settle();
        return prepare();
      });
      memory.set(turn);
      const status = await act(prepared).then(
        (answer) => answer.status,
        () => 'cut',
      );
      const reached = memory.get() <= 0;
      memory.set(0);
      if (never.includes(status))
        assert.fail(`${status} at ${turn}:\n${server.stderr.slice(-4000)}`);
      const outcome = `${status}, ${await settle()}${reached ? '' : ', not reached'}`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (done && status === 201)
        assert.deepEqual(await server.database.sql(done(prepared)), ['1']);
    }
    t.diagnostic(JSON.stringify(outcomes));
    assert.deepEqual(await server.database.sql(HALVES), []);
  });
}

test('everything_works_once_memory_is_available_again', async () => {
  await Promise.all(Array.from({ length: 20 }, () => applicant().get('/v1/requests')));
  const body = await server.metrics();
  assert.match(body, /^guichet_database_connections\{state="busy"\} 0$/m);
  assert.match(await server.command(['verify-audit']), /./);
});
