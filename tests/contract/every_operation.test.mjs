// Every operation under generated input, by nobody, by a member, by an instructor and by an admin: the
// client compares each answer with the contract, and no answer may be a 5xx but a documented 503.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { createAccount, logInAs } from '../support/accounts.mjs';
import { requestOf, send } from '../support/generated.mjs';
import { operations } from '../support/openapi.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const RUNS = process.env.GUICHET_TEST_FULL === '1' ? 400 : 8;
// They end the session or the account of the one who calls.
const LAST = new Set(['DELETE /v1/session', 'DELETE /v1/account', 'DELETE /v1/account/sessions']);
const PERSONS = [
  { name: 'nobody' },
  { name: 'member', siret: SIRETS.CLAMART },
  { name: 'instructor', siret: SIRETS.DINUM, role: 'instructor:api-entreprise' },
  { name: 'admin', siret: SIRETS.INSEE, role: 'admin' },
];

let server;
const persons = [];
/** Identifiers of things that exist, by the name of the path parameter. */
const known = { siret: Object.values(SIRETS), product: ['api-entreprise'], id: [] };

before(async () => {
  server = await startServer();
  for (const { name, siret, role } of PERSONS) {
    if (name === 'nobody') persons.push({ name, client: server.client() });
    else persons.push({ name, ...(await logInAs(server, { siret, role })) });
  }
  const { client } = persons[1];
  const body = { product: 'api-entreprise', use_case: 'marches_publics', siret: SIRETS.CLAMART };
  const created = await client.post('/v1/requests', body);
  if (created.status === 201) known.id.push(created.body.id);
  known.id.push(persons[1].session.account.id);
  await createAccount(server, { siret: SIRETS.CLAMART });
});
after(async () => {
  for (const { client } of persons) client.close();
  await server.stop();
});

const entries = operations().sort(
  (a, b) => Number(LAST.has(`${a.method} ${a.path}`)) - Number(LAST.has(`${b.method} ${b.path}`)),
);

for (const entry of entries) {
  test(`${entry.method} ${entry.path} answers as documented, whatever comes`, async () => {
    await fc.assert(
      fc.asyncProperty(
        requestOf(entry, known),
        fc.nat(persons.length - 1),
        async (request, index) => {
          const answer = await send(persons[index].client, entry, request);
          assert.ok(
            answer.status < 500 || answer.status >= 502,
            `${answer.status}: ${answer.body}`,
          );
        },
      ),
      { numRuns: RUNS, interruptAfterTimeLimit: 300_000 },
    );
  });
}
