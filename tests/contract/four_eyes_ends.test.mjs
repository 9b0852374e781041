// How an approval that waits for a second instructor ends, and what happens at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { webhooksDone } from '../support/barrier.mjs';
import { cancelReopening, decide, saveRequest } from '../support/requests.mjs';
import { SIRETS } from '../support/sirets.mjs';
import {
  DUELS,
  NOTHING,
  ONCE,
  PRODUCT,
  Stage,
  confirm,
  decline,
  idOf,
  read,
  readEtag,
} from './four_eyes/stage.mjs';

/** @type {Stage} */
let stage;
before(async () => {
  stage = await new Stage().start();
});
after(() => stage.stop());

// --- how a proposal ends

test('another_instructor_declines_with_a_reason_and_the_first_is_told', async () => {
  const [first, second] = stage.instructors;
  const { id, number } = await stage.submit();
  (await decide(first.client, id, 'approve')).expect(202);
  const missing = (await decline(second, id)).expect(422);
  assert.deepEqual(missing.codes, { '/reason': 'required' });
  (await decline(second, id, { reason: '  ' })).expect(422);
  const { body } = (await decline(second, id, { reason: 'Le texte cité est abrogé.' })).expect(200);
  assert.equal(body.state, 'submitted');
  assert.equal(body.proposal, null);
  assert.ok(body.permissions.includes('approve') && !body.permissions.includes('confirm'));
  const mail = await stage.server.mailbox.take({
    to: first.email,
    subject: new RegExp(`Acceptation écartée : ${number}`),
  });
  assert.match(mail.text, /> Le texte cité est abrogé\./);
  assert.ok(mail.text.includes(second.email));
  assert.deepEqual(await stage.mailsSince(id), ['request_proposal_declined', 'request_to_confirm']);
  const { items } = (await second.client.get(`/v1/requests/${id}/events`)).body;
  assert.deepEqual([items[0].event, items[0].reason], ['decline', 'Le texte cité est abrogé.']);
  assert.ok(
    !(await stage.applicant.client.get(`/v1/requests/${id}/events`)).body.items.some(({ event }) =>
      ['propose', 'decline'].includes(event),
    ),
  );
  await webhooksDone(stage.server);
  assert.deepEqual(stage.toldOf(id), []);
  assert.deepEqual(await stage.traces(id), NOTHING);
  (await confirm(second, id)).expect(409);
  // The other way round, and to the end.
  (await decide(second.client, id, 'approve')).expect(202);
  (await confirm(first, id)).expect(201);
  assert.deepEqual(await stage.traces(id), ONCE);
});

test('who_proposed_takes_it_back_without_a_reason', async () => {
  const id = await stage.proposed();
  (await decline(stage.instructors[0], id)).expect(200);
  (await confirm(stage.instructors[1], id)).expect(409);
  assert.deepEqual(await stage.mailsSince(id), ['request_to_confirm']);
});

for (const [name, end] of Object.entries({
  a_refusal: (id) => decide(stage.instructors[1].client, id, 'refuse', { reason: 'Non.' }),
  asking_for_changes: (id) =>
    decide(stage.instructors[0].client, id, 'request_changes', { reason: 'Précisez.' }),
})) {
  test(`${name}_ends_a_proposal`, async () => {
    const id = await stage.proposed();
    const etag = await readEtag(stage.instructors[2], id);
    (await end(id)).expect(201);
    (await confirm(stage.instructors[2], id)).expect(409);
    (await confirm(stage.instructors[2], id, { etag })).expect(412);
    assert.equal((await read(stage.instructors[2], id)).body.proposal, null);
    assert.equal((await stage.traces(id)).habilitations, 0);
  });
}

test('a_transfer_ends_a_proposal_and_an_assignment_does_not', async () => {
  const [, second] = stage.instructors;
  const id = await stage.proposed();
  const assignee = { account_id: idOf(second) };
  (await second.client.put(`/v1/requests/${id}/assignee`, assignee)).expect(200);
  assert.ok((await read(second, id)).body.permissions.includes('confirm'));
  const { email } = await logInAs(stage.server, { domain: stage.domain });
  (await stage.applicant.client.post(`/v1/requests/${id}/transfer`, { email })).expect(200);
  assert.equal((await read(second, id)).body.proposal, null);
  (await confirm(second, id)).expect(409);
  (await decide(second.client, id, 'approve')).expect(202);
  (await confirm(stage.instructors[0], id)).expect(201);
});

test('a_proposal_ends_with_the_right_of_who_made_it_and_does_not_come_back', async () => {
  const second = stage.instructors[1];
  const role = { product: PRODUCT, role: 'instructor' };
  for (const [name, lose, regain] of [
    [
      'suspension',
      (who) =>
        stage.admin.client.put(`/v1/accounts/${idOf(who)}/suspension`, {
          reason: 'Compte compromis.',
        }),
      (who) =>
        stage.admin.client.request('DELETE', `/v1/accounts/${idOf(who)}/suspension`, {
          reason: 'x',
        }),
    ],
    [
      'role',
      (who) => stage.admin.client.request('DELETE', '/v1/staff', { ...role, email: who.email }),
      (who) => stage.admin.client.post('/v1/staff', { ...role, email: who.email }),
    ],
    ['deletion', (who) => who.client.delete('/v1/account'), null],
  ]) {
    const first = await stage.instructor();
    const { id } = await stage.submit();
    (await decide(first.client, id, 'approve')).expect(202);
    const etag = await readEtag(second, id);
    const lost = await lose(first);
    assert.ok(lost.status < 300, `${name}: ${lost.status}`);
    (await confirm(second, id, { etag })).expect(409);
    if (regain) {
      const regained = await regain(first);
      assert.ok(regained.status < 300, `${name}: ${regained.status}`);
      (await confirm(second, id, { etag })).expect(409);
    }
    assert.deepEqual(await stage.traces(id), NOTHING, name);
    (await decide(second.client, id, 'approve')).expect(202);
  }
});

test('a_proposal_of_somebody_whom_the_request_came_to_serve_is_none', async () => {
  const first = await stage.instructor();
  const { id } = await stage.submit();
  (await decide(first.client, id, 'approve')).expect(202);
  (await first.client.post(`/v1/organisations/${SIRETS.CLAMART}/members`)).expect(201);
  await stage.server.database.sql(
    `update membership set state = 'external' where account_id = '${idOf(first)}' and siret = '${SIRETS.CLAMART}'`,
  );
  (await confirm(stage.instructors[1], id)).expect(409);
  assert.deepEqual(await stage.traces(id), NOTHING);
});

test('a_reopened_request_is_approved_by_two_again_or_its_reopening_cancelled', async () => {
  const [first, second] = stage.instructors;
  const id = await stage.proposed();
  (await confirm(second, id)).expect(201);
  const reopen = async (title) => {
    (await stage.applicant.client.post(`/v1/requests/${id}/reopening`)).expect(200);
    await saveRequest(stage.applicant.client, id, { title });
    (await stage.applicant.client.post(`/v1/requests/${id}/submission`)).expect(200);
    (await decide(first.client, id, 'approve')).expect(202);
  };
  await reopen('Autre titre');
  assert.equal((await stage.traces(id)).habilitations, 1, 'the former one stays alone');
  (await cancelReopening(second.client, id, { reason: 'Non.' })).expect(200);
  assert.equal((await read(second, id)).body.state, 'approved');
  (await confirm(second, id)).expect(409);
  await reopen('Encore un titre');
  (await confirm(second, id)).expect(201);
  assert.equal((await stage.traces(id)).habilitations, 2);
  assert.equal((await stage.traces(id)).tokens, 1);
  await reopen('Un dernier titre');
  (await decide(second.client, id, 'revoke', { reason: 'Abus.' })).expect(201);
  (await confirm(second, id)).expect(409);
  assert.equal((await stage.traces(id)).habilitations, 2);
});

// --- at once

test('of_two_first_approvals_at_once_one_is_a_proposal_and_neither_confirms_the_other', async () => {
  const [first, second] = stage.instructors;
  for (let round = 0; round < DUELS; round++) {
    const { id } = await stage.submit();
    const etag = await readEtag(first, id);
    const answers = await Promise.all(
      [first, second].map(({ client }) => decide(client, id, 'approve', {}, { etag })),
    );
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [202, 412]);
    assert.deepEqual(await stage.traces(id), NOTHING);
  }
});

test('of_two_confirmations_at_once_exactly_one_approves', async () => {
  const [, second, third] = stage.instructors;
  for (let round = 0; round < DUELS; round++) {
    const id = await stage.proposed();
    const etag = await readEtag(second, id);
    const answers = await Promise.all([
      confirm(second, id, { etag }),
      round % 2 === 0
        ? confirm(third, id, { etag })
        : third.client.request('DELETE', `/v1/requests/${id}/proposal`, { reason: 'x' }, { etag }),
    ]);
    const statuses = answers.map(({ status }) => status);
    const isApproved = statuses.includes(201);
    assert.deepEqual(statuses.toSorted(), isApproved ? [201, 412] : [200, 412]);
    assert.deepEqual(await stage.traces(id), isApproved ? ONCE : NOTHING);
  }
});

test('a_repeated_confirmation_is_one', async () => {
  const [first, second] = stage.instructors;
  const { id } = await stage.submit();
  const key = { idempotencyKey: `proposition-${id}`, etag: await readEtag(first, id) };
  const one = (await decide(first.client, id, 'approve', {}, key)).expect(202);
  const two = (await decide(first.client, id, 'approve', {}, key)).expect(202);
  assert.deepEqual(two.body, one.body);
  const options = { idempotencyKey: `confirmation-${id}`, etag: await readEtag(second, id) };
  const made = (await confirm(second, id, options)).expect(201);
  assert.deepEqual((await confirm(second, id, options)).expect(201).body, made.body);
  assert.deepEqual(await stage.traces(id), ONCE);
});

test('the_database_takes_no_decision_of_one_person_for_one_of_two', async () => {
  const id = await stage.proposed();
  const who = `'${idOf(stage.instructors[0])}'`;
  await assert.rejects(
    stage.server.database
      .sql(`insert into decision (request_id, outcome, decided_by, proposed_by, request_version)
      values ('${id}', 'approve', ${who}, ${who}, 1)`),
    /decision_by_two_persons/,
  );
});
