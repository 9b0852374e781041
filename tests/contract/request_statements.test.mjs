// What an act on a request costs the database: counted between the program and PostgreSQL.
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createDatabase } from '../support/database.mjs';
import { cast, decide, draftRequest, saveRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { PostgresProxy } from '../support/postgres_proxy.mjs';

/** BEGIN, the identity and COMMIT included. */
const STATEMENTS_MAX = 15;

let server;
let database;
let proxy;
let applicant;
let instructor;
let domain;
before(async () => {
  database = await createDatabase();
  proxy = await PostgresProxy.start(database);
  server = await startServer({ database, env: { GUICHET_DATABASE_URL: proxy.url } });
  ({ applicant, instructor, domain } = await cast(server));
});
after(async () => {
  await server.stop();
  await proxy.stop();
  await database.drop();
});

/** What an instructor read before is written by a thread of its own, half a second later. */
const isOfAccessLog = ({ statements }) =>
  statements.some((text) => text.includes('INSERT INTO access_log '));

/** The statements of `run`, which is one transaction of this person besides finding their session. */
async function statementsOf({ session }, run) {
  const sent = await proxy.transactionsOf(session.account.id, run);
  const transactions = sent.filter((transaction) => !isOfAccessLog(transaction));
  assert.equal(transactions.length, 1, JSON.stringify(transactions, null, 1));
  const { statements } = transactions[0];
  assert.equal(statements[0], 'BEGIN');
  assert.equal(statements.at(-1), 'COMMIT');
  return statements;
}

function assertFew(statements, ...wanted) {
  for (const text of wanted) assert.ok(statements.join('\n').includes(text), text);
  assert.ok(statements.length <= STATEMENTS_MAX, statements.join('\n---\n'));
}

const submit = async (id, options) =>
  (await applicant.client.post(`/v1/requests/${id}/submission`, undefined, options)).expect(200);
/** The statements of a decision on what was read before. */
async function decideAlone(id, outcome, members, options) {
  const { etag } = (await instructor.client.get(`/v1/requests/${id}`)).expect(200);
  return statementsOf(instructor, async () =>
    (await decide(instructor.client, id, outcome, members, { ...options, etag })).expect(201),
  );
}

test('every_transition_is_one_transaction_of_at_most_15_statements', async () => {
  const { id } = await draftRequest(applicant.client, { domain });
  assertFew(await statementsOf(applicant, () => submit(id)), 'UPDATE request\n');
  assertFew(
    await decideAlone(id, 'approve'),
    'INSERT INTO decision ',
    'INSERT INTO habilitation ',
    'INSERT INTO request_event ',
    'INSERT INTO token ',
    'INSERT INTO outbox ',
    'INSERT INTO webhook_event ',
    'INSERT INTO audit ',
  );
  (await applicant.client.post(`/v1/requests/${id}/reopening`)).expect(200);
  await saveRequest(applicant.client, id, { recipients: 'Le service des aides' });
  assertFew(await statementsOf(applicant, () => submit(id)), 'UPDATE request\n');
  assertFew(await decideAlone(id, 'approve'), 'UPDATE token\n');
  const reason = 'Le projet est terminé';
  assertFew(await decideAlone(id, 'revoke', { reason }), 'UPDATE token\n');
});

test('with_an_idempotency_key_it_is_one_transaction_of_at_most_15_statements_too', async () => {
  const { id } = await draftRequest(applicant.client, { domain });
  const keyed = () => ({ headers: { 'Idempotency-Key': randomUUID() } });
  for (const round of ['first', 'reopened']) {
    const submission = await statementsOf(applicant, () => submit(id, keyed()));
    assertFew(submission, 'pg_try_advisory_xact_lock', 'UPDATE request\n');
    const approval = await decideAlone(id, 'approve', {}, keyed());
    assertFew(approval, 'pg_try_advisory_xact_lock', 'INSERT INTO habilitation ');
    if (round === 'first') {
      (await applicant.client.post(`/v1/requests/${id}/reopening`)).expect(200);
      await saveRequest(applicant.client, id, { recipients: 'Le service des aides' });
    }
  }
});
