// kill −9 in the middle of decisions: everything of a decision is there, or nothing of it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { cast, decide, submitRequest } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';

const KILLS = process.env.GUICHET_TEST_FULL === '1' ? 1000 : 20;

let server;
let people;
before(async () => {
  server = await startServer();
  people = await cast(server);
});
after(() => server.stop());

// What each approved request must have, and any other must not: one row each.
const HALVES = `
  select r.id from request r
  cross join lateral (select
    (select count(*) from decision d where d.request_id = r.id) as decisions,
    (select count(*) from habilitation h where h.request_id = r.id) as habilitations,
    (select count(*) from token t where t.request_id = r.id) as tokens,
    (select count(*) from request_event e where e.request_id = r.id and e.event = 'approve') as events,
    (select count(*) from audit a where a.subject_id = r.id::text and a.action = 'request.approve') as audits,
    (select count(*) from outbox o join decision d on d.request_id = r.id and d.at = o.created_at
     where o.template = 'request_approved') as mails) n
  where (r.state = 'approved') <> (r.habilitation_id is not null)
     or r.state in ('approved', 'submitted')
        and array[decisions, habilitations, tokens, events, audits, mails]
            <> array_fill(case r.state when 'approved' then 1 else 0 end::bigint, array[6])`;

test('a_killed_decision_is_atomic', async () => {
  const { applicant, instructor, domain } = people;
  const acknowledged = [];
  let spread = 30;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { id } = await submitRequest(applicant.client, { domain });
    const started = performance.now();
    const decided = decide(instructor.client, id, 'approve').then(
      ({ status }) => status,
      () => 'cut',
    );
    // Anywhere between the first byte and a little after the usual end.
    await sleep(Math.random() * spread);
    await server.kill();
    const status = await decided;
    if (status === 201) acknowledged.push(id);
    spread = Math.min(200, Math.max(10, (performance.now() - started) * 1.2));
    applicant.client.close();
    instructor.client.close();
    await server.start();
    assert.deepEqual(await server.database.sql(HALVES), []);
    const state = `select count(*) from request where id = '${id}' and state in ('approved', 'submitted')`;
    assert.deepEqual(await server.database.sql(state), ['1']);
  }
  const lost = acknowledged.map(
    (id) => `select count(*) from request where id = '${id}' and state = 'approved'`,
  );
  for (const question of lost) assert.deepEqual(await server.database.sql(question), ['1']);
  assert.match(await server.command(['verify-audit']), /./);
});
