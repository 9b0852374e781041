// Who may act: an applicant only while a member of the organisation, and nobody of the staff on what serves
// themselves.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { logInAs } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import {
  cast,
  contact,
  createRequest,
  decide,
  saveRequest,
  submitRequest,
} from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { waitFor } from '../support/wait.mjs';

const STAFF = { siret: SIRETS.DINUM, domain: 'dinum.example' };

let server;
let instructor;
let support;
before(async () => {
  server = await startServer();
  ({ instructor } = await cast(server));
  support = await logInAs(server, { ...STAFF, role: 'support' });
});
after(() => server.stop());

const idOf = (person) => person.session.account.id;
const sql = (text) => server.database.sql(text);
const setMembership = (person, state) =>
  sql(`update membership set state = '${state}' where account_id = '${idOf(person)}'`);

/** An applicant of their own domain, their colleague, and the people named in what they ask for. */
async function file(options = {}) {
  const { applicant, domain } = await cast(server);
  const colleague = await logInAs(server, { domain });
  const { id } = await submitRequest(applicant.client, { domain, ...options });
  return { applicant, colleague, domain, id };
}

/** The same, approved: with its token. */
async function approved(options) {
  const made = await file(options);
  (await decide(instructor.client, made.id, 'approve')).expect(201);
  const { body } = (await made.applicant.client.get(`/v1/requests/${made.id}`)).expect(200);
  return { ...made, token: body.token_id, habilitation: body.habilitation_id };
}

/** What an applicant does with a request and its token, each as it would be sent. */
const ACTS = {
  see: (c, { id }) => c.get(`/v1/requests/${id}`),
  edit: (c, { id }) => c.patch(`/v1/requests/${id}`, { title: 'x' }, { etag: '"1"' }),
  check: (c, { id }) => c.get(`/v1/requests/${id}/checks`),
  submit: (c, { id }) => c.post(`/v1/requests/${id}/submission`),
  reopen: (c, { id }) => c.post(`/v1/requests/${id}/reopening`),
  archive: (c, { id }) => c.post(`/v1/requests/${id}/archival`),
  transfer: (c, { id, colleague }) =>
    c.post(`/v1/requests/${id}/transfer`, { email: colleague.email }),
  copy: (c, { id }) => c.post(`/v1/requests/${id}/copy`),
  write: (c, { id }) => c.post(`/v1/requests/${id}/messages`, { body: 'x' }),
  read: (c, { id }) => c.get(`/v1/requests/${id}/messages`),
  history: (c, { id }) => c.get(`/v1/requests/${id}/events`),
  decisions: (c, { id }) => c.get(`/v1/requests/${id}/decisions`),
  files: (c, { id }) => c.get(`/v1/requests/${id}/attachments`),
  habilitation: (c, { habilitation }) => c.get(`/v1/habilitations/${habilitation}`),
  document: (c, { habilitation }) => c.get(`/v1/habilitations/${habilitation}/document`),
  token: (c, { token }) => c.get(`/v1/tokens/${token}`),
  reveal: (c, { token }) => c.post(`/v1/tokens/${token}/reveal`),
  rotate: (c, { token }) => c.post(`/v1/tokens/${token}/rotation`, { overlap_days: 0 }),
  share: (c, { token }) => c.post(`/v1/tokens/${token}/shares`, { email: 'tiers@editeur.example' }),
  shares: (c, { token }) => c.get(`/v1/tokens/${token}/shares`),
  addresses: (c, { token }) =>
    c.patch(`/v1/tokens/${token}`, { allowed_ips: ['192.0.2.1'] }, { etag: '"1"' }),
  prolong: (c, { token }) =>
    c.post(`/v1/tokens/${token}/prolongation`, {
      still_in_charge: true,
      purpose_unchanged: true,
      contacts_unchanged: true,
    }),
  revoke: (c, { token }) => c.post(`/v1/tokens/${token}/revocation`, { reason: 'x' }),
  usage: (c, { token }) => c.get(`/v1/tokens/${token}/usage?window=10m`),
  calls: (c, { token }) => c.get(`/v1/tokens/${token}/calls`),
};

for (const state of ['refused', 'suspended', 'left']) {
  test(`an_applicant_whose_membership_is_${state}_sees_and_does_nothing`, async () => {
    const made = await approved();
    const { client } = made.applicant;
    await setMembership(made.applicant, state);
    for (const [name, act] of Object.entries(ACTS)) {
      assert.equal((await act(client, made)).status, 404, name);
    }
    for (const list of ['requests', 'tokens', 'habilitations']) {
      assert.deepEqual((await client.get(`/v1/${list}`)).expect(200).body.items, [], list);
    }
    const { body: colleague } = await made.colleague.client.get(`/v1/requests/${made.id}`);
    assert.equal(colleague.applicant_valid, false);
    await setMembership(made.applicant, 'active');
    (await client.post(`/v1/tokens/${made.token}/reveal`)).expect(200);
  });
}

test('a_draft_of_somebody_who_lost_the_right_is_not_theirs_either', async () => {
  const { applicant } = await cast(server);
  const { body } = await createRequest(applicant.client);
  await setMembership(applicant, 'suspended');
  for (const act of [ACTS.see, ACTS.edit, ACTS.submit]) {
    (await act(applicant.client, body)).expect(404);
  }
  (await applicant.client.delete(`/v1/requests/${body.id}`)).expect(404);
});

test('an_external_member_acts_on_what_is_their_own', async () => {
  const made = await approved();
  await setMembership(made.applicant, 'external');
  (await made.applicant.client.get(`/v1/requests/${made.id}`)).expect(200);
  (await made.applicant.client.post(`/v1/tokens/${made.token}/reveal`)).expect(200);
});

test('the_technical_contact_keeps_the_token_whatever_their_employer', async () => {
  const made = await approved();
  const technical = await logInAs(server, { ...STAFF, email: `technique@${made.domain}` });
  await setMembership(technical, 'left');
  (await technical.client.post(`/v1/tokens/${made.token}/reveal`)).expect(200);
  (await technical.client.get(`/v1/requests/${made.id}`)).expect(200);
});

test('support_ends_the_right_at_the_next_request_and_a_mailed_share_dies_with_it', async () => {
  const made = await approved();
  const { client } = made.applicant;
  const to = `tiers-${made.domain}@editeur.example`;
  const { body: share } = (
    await client.post(`/v1/tokens/${made.token}/shares`, { email: to })
  ).expect(201);
  const { token } = await server.mailbox.take({ to, subject: /transmis/ });
  const [membership] = await sql(
    `select id from membership where account_id = '${idOf(made.applicant)}'`,
  );
  (
    await made.colleague.client.post(`/v1/memberships/${membership}/report`, { comment: 'Inconnu' })
  ).expect(204);
  const verdict = { outcome: 'refuse', reason: 'Personne inconnue', trust_domain: false };
  const [etag] = await sql(
    `select '"' || version || '"' from membership where id = '${membership}'`,
  );
  (await support.client.post(`/v1/memberships/${membership}/resolution`, verdict, { etag })).expect(
    200,
  );
  (await client.post(`/v1/tokens/${made.token}/reveal`)).expect(404);
  const refused = await server.client().post('/v1/share-redemptions', { token });
  assert.equal(refused.expect(422).body.type, '/problems/link-ended');
  const technical = await logInAs(server, { ...STAFF, email: `technique@${made.domain}` });
  const { items } = (await technical.client.get(`/v1/tokens/${made.token}/shares`)).body;
  assert.deepEqual([items[0].id, items[0].state], [share.id, 'cancelled']);
});

test('the_instruction_sees_that_nobody_acts_and_transfers_before_it_grants', async () => {
  const { applicant, colleague, id } = await file();
  await setMembership(applicant, 'left');
  const { body } = (await instructor.client.get(`/v1/requests/${id}`)).expect(200);
  assert.equal(body.applicant_valid, false);
  assert.ok(!body.permissions.includes('approve') && body.permissions.includes('transfer'));
  const listed = (await instructor.client.get('/v1/requests?limit=100')).body.items;
  assert.equal(listed.find((one) => one.id === id).applicant_valid, false);
  const refusal = (await decide(instructor.client, id, 'approve')).expect(409);
  assert.match(refusal.body.detail, /n’agit plus pour l’organisation/);
  const { body: given } = (
    await instructor.client.post(`/v1/requests/${id}/transfer`, { email: colleague.email })
  ).expect(200);
  assert.equal(given.applicant_valid, true);
  (await decide(instructor.client, id, 'approve')).expect(201);
  await server.mailbox.take({ to: colleague.email, subject: /acceptée/ });
});

test('who_lost_the_right_gets_no_mail_of_the_file_nor_of_the_token', async () => {
  const made = await approved();
  await server.mailbox.take({ to: made.applicant.email, subject: /jeton/i });
  await setMembership(made.applicant, 'refused');
  (await instructor.client.post(`/v1/requests/${made.id}/messages`, { body: 'Secret' })).expect(
    201,
  );
  (await decide(instructor.client, made.id, 'revoke', { reason: 'Fini' })).expect(201);
  await server.mailbox.take({ to: `metier@${made.domain}`, subject: /révoqué/i });
  await mailsDone(server);
  const mails = await sql(
    `select template from outbox where account_id = '${idOf(made.applicant)}'
       and template in ('request_message', 'request_revoked', 'token_revoked')`,
  );
  assert.deepEqual(mails, []);
});

test('a_token_that_its_technical_contact_revokes_is_told_to_those_who_have_a_right_to_it', async () => {
  const made = await approved();
  const technical = await logInAs(server, { ...STAFF, email: `technique@${made.domain}` });
  await setMembership(made.applicant, 'refused');
  const body = { reason: 'Fini' };
  (await technical.client.post(`/v1/tokens/${made.token}/revocation`, body)).expect(200);
  const subject = /révoqué/i;
  await server.mailbox.take({ to: technical.email, subject });
  await mailsDone(server);
  assert.deepEqual(await server.mailbox.list({ to: made.applicant.email, subject }), []);
});

test('a_contact_whom_the_organisation_keeps_out_has_no_power_either', async () => {
  const made = await approved();
  const technical = await logInAs(server, {
    siret: SIRETS.CLAMART,
    email: `technique@${made.domain}`,
  });
  const { client } = technical;
  const seen = async () => {
    const { items } = (await client.get('/v1/tokens?limit=100')).expect(200).body;
    return [
      (await client.post(`/v1/tokens/${made.token}/reveal`)).status,
      (await client.get(`/v1/requests/${made.id}`)).status,
      items.some(({ id }) => id === made.token),
    ];
  };
  for (const state of ['suspended', 'refused', 'left']) {
    await setMembership(technical, state);
    assert.deepEqual(await seen(), [404, 404, false], state);
  }
  await setMembership(technical, 'external');
  assert.deepEqual(await seen(), [200, 200, true]);
});

test('an_export_holds_nothing_of_a_file_for_which_one_may_no_longer_act', async () => {
  const made = await approved();
  const exported = async () => {
    const { body } = (await made.applicant.client.get('/v1/account/export')).expect(200);
    return [body.requests.length, body.tokens.length];
  };
  assert.deepEqual(await exported(), [1, 1]);
  await setMembership(made.applicant, 'left');
  assert.deepEqual(await exported(), [0, 0]);
});

// --- a membership that ends while an act runs

const waiters = (kind) =>
  sql(`select pid from pg_stat_activity where datname = current_database() and ${kind}`);
const WAITS_FOR_A_LOCK = `wait_event_type = 'Lock'`;
const HOLDS_IT = `wait_event = 'PgSleep'`;

/** Keeps what the statement `lock` locks until `until` is true; `done` settles then. */
async function hold(lock, until) {
  const done = sql(`do $$ begin
    ${lock};
    loop exit when ${until}; perform pg_sleep(0.01); perform pg_stat_clear_snapshot(); end loop;
  end $$`);
  await waitFor('the lock to be held', async () => (await waiters(HOLDS_IT)).length > 0);
  return { done };
}

/** `act` runs into the locked row, the membership ends, the row is let go: the answer of the act. */
async function endWhile(row, person, act) {
  const { done } = await hold(
    `perform 1 from ${row} for update`,
    `exists (select from membership where account_id = '${idOf(person)}' and state = 'refused')`,
  );
  const answer = act();
  await waitFor('the act to wait', async () => (await waiters(WAITS_FOR_A_LOCK)).length > 0);
  await setMembership(person, 'refused');
  await done;
  return answer;
}

test('a_rotation_that_waits_while_the_membership_ends_rotates_nothing', async () => {
  const made = await approved();
  const answer = await endWhile(`token where id = '${made.token}'`, made.applicant, () =>
    ACTS.rotate(made.applicant.client, made),
  );
  answer.expect(404);
  const rotated = await sql(
    `select 1 from token where id = '${made.token}' and rotated_at is not null`,
  );
  assert.deepEqual(rotated, []);
});

test('an_approval_that_waits_while_the_membership_ends_grants_nothing', async () => {
  const made = await file();
  const answer = await endWhile(`request where id = '${made.id}'`, made.applicant, () =>
    decide(instructor.client, made.id, 'approve'),
  );
  answer.expect(409);
  assert.deepEqual(await sql(`select state from request where id = '${made.id}'`), ['submitted']);
});

for (const [name, act] of Object.entries({
  rotation: (made) => ACTS.rotate(made.applicant.client, made),
  revocation_by_decision: (made) =>
    decide(instructor.client, made.id, 'revoke', { reason: 'x' }).then((answer) => ({
      status: answer.status - 1,
    })),
})) {
  test(`a_membership_ends_after_the_${name}_that_it_carries`, async () => {
    const made = await approved();
    const two = `(select count(*) from pg_stat_activity where datname = current_database() and ${WAITS_FOR_A_LOCK}) > 1`;
    // The audit is what an act writes last.
    const { done } = await hold('lock table audit in share row exclusive mode', two);
    const answer = act(made);
    await waitFor('the act to wait', async () => (await waiters(WAITS_FOR_A_LOCK)).length > 0);
    const ending = setMembership(made.applicant, 'refused');
    await done;
    assert.equal((await answer).status, 200);
    await ending;
    (await made.applicant.client.get(`/v1/requests/${made.id}`)).expect(404);
  });
}

// --- nobody judges what serves themselves

/** Everything that an instructor does with a file. */
const JUDGEMENTS = {
  approve: (c, { id }) => decide(c, id, 'approve'),
  refuse: (c, { id }) => decide(c, id, 'refuse', { reason: 'x' }),
  request_changes: (c, { id }) => decide(c, id, 'request_changes', { reason: 'x' }),
  note: (c, { id }) => c.post(`/v1/requests/${id}/notes`, { body: 'x' }),
  read_notes: (c, { id }) => c.get(`/v1/requests/${id}/notes`),
  assign: (c, { id }) => c.put(`/v1/requests/${id}/assignee`, { account_id: null }),
};

test('who_leaves_the_organisation_or_gives_the_file_away_judges_nothing_of_it', async () => {
  const { applicant, domain } = await cast(server);
  const role = 'instructor:api-entreprise';
  const author = await logInAs(server, { siret: SIRETS.CLAMART, domain, role });
  const { id } = await submitRequest(author.client, { domain });
  const transfer = { email: applicant.email };
  (await author.client.post(`/v1/requests/${id}/transfer`, transfer)).expect(200);
  await setMembership(author, 'left');
  const { body } = (await author.client.get(`/v1/requests/${id}`)).expect(200);
  assert.equal(body.conflict, 'applicant');
  (await decide(author.client, id, 'approve')).expect(403);
  const own = await submitRequest(applicant.client, { domain });
  (await decide(author.client, own.id, 'approve')).expect(403);
});

test('an_instructor_who_asked_to_join_the_organisation_judges_nothing_of_it', async () => {
  const { applicant, domain } = await cast(server);
  const judge = await logInAs(server, { ...STAFF, role: 'instructor:api-entreprise' });
  const { id } = await submitRequest(applicant.client, { domain });
  const [{ siret }] = applicant.session.memberships;
  const conflict = async () => (await judge.client.get(`/v1/requests/${id}`)).body.conflict;
  assert.equal(await conflict(), null);
  const joined = (await judge.client.post(`/v1/organisations/${siret}/members`)).expect(201);
  assert.equal(joined.body.state, 'suspended');
  assert.equal(await conflict(), 'organisation');
  (await decide(judge.client, id, 'approve')).expect(403);
});

test('who_judged_a_request_has_no_power_over_its_token_whatever_they_became', async () => {
  const { applicant, domain } = await cast(server);
  const judge = await logInAs(server, { ...STAFF, role: 'instructor:api-entreprise' });
  const { id } = await submitRequest(applicant.client, { domain });
  (await decide(judge.client, id, 'approve')).expect(201);
  const { body } = (await applicant.client.get(`/v1/requests/${id}`)).expect(200);
  const reveal = () => judge.client.post(`/v1/tokens/${body.token_id}/reveal`);
  (await reveal()).expect(403);
  await sql(`update account set email = 'technique@${domain}', email_key = 'technique@${domain}'
             where id = '${idOf(judge)}'`);
  (await reveal()).expect(403);
});

for (const kind of ['data_controller', 'data_protection_officer', 'business', 'technical']) {
  test(`an_instructor_who_is_named_as_${kind}_contact_judges_nothing`, async () => {
    const { applicant, domain } = await cast(server);
    const role = 'instructor:api-entreprise';
    const named = await logInAs(server, { ...STAFF, email: `juge@${domain}`, role });
    const patch = { contacts: { [kind]: contact('juge', domain) } };
    const { id } = await submitRequest(applicant.client, { domain, patch });
    const { body } = (await named.client.get(`/v1/requests/${id}`)).expect(200);
    assert.equal(body.conflict, 'contact');
    assert.deepEqual(body.permissions, []);
    for (const [name, act] of Object.entries(JUDGEMENTS)) {
      const answer = await act(named.client, { id });
      assert.equal(answer.status, 403, name);
      if (name !== 'read_notes') assert.match(answer.body.detail, /contact de cette demande/, name);
    }
    const give = { account_id: idOf(named) };
    const given = await instructor.client.put(`/v1/requests/${id}/assignee`, give);
    assert.deepEqual(given.expect(422).codes, { '/account_id': 'not_allowed' });
    const mails = await sql(
      `select template from outbox where account_id = '${idOf(named)}' and template = 'request_to_instruct'`,
    );
    assert.deepEqual(mails, []);
  });
}

test('an_applicant_who_is_instructor_acts_as_applicant_alone', async () => {
  const domain = 'ville-juge.example';
  const both = await logInAs(server, { domain, role: 'instructor:api-entreprise' });
  const { id } = await submitRequest(both.client, { domain });
  const { body } = (await both.client.get(`/v1/requests/${id}`)).expect(200);
  assert.equal(body.conflict, 'applicant');
  assert.deepEqual(body.permissions.toSorted(), ['message', 'transfer']);
  for (const [name, act] of Object.entries(JUDGEMENTS)) {
    assert.equal((await act(both.client, { id })).status, 403, name);
  }
  const message = (await both.client.post(`/v1/requests/${id}/messages`, { body: 'x' })).expect(
    201,
  );
  assert.equal(message.body.as_staff, false);
  await setMembership(both, 'left');
  assert.equal((await decide(both.client, id, 'approve')).status, 403, 'nor after they left');
});

test('an_instructor_keeps_from_the_token_of_what_serves_them', async () => {
  const { applicant, domain } = await cast(server);
  const role = 'instructor:api-entreprise';
  const named = await logInAs(server, { ...STAFF, email: `juge@${domain}`, role });
  const patch = { contacts: { data_controller: contact('juge', domain) } };
  const { id } = await submitRequest(applicant.client, { domain, patch });
  (await decide(instructor.client, id, 'approve')).expect(201);
  const { token_id: token } = (await applicant.client.get(`/v1/requests/${id}`)).body;
  // Somebody else in the draft of a reopening: who is named in what was granted is tied to it all the same.
  (await applicant.client.post(`/v1/requests/${id}/reopening`)).expect(200);
  await saveRequest(applicant.client, id, {
    contacts: { data_controller: contact('direction', domain) },
  });
  (await decide(named.client, id, 'revoke', { reason: 'x' })).expect(403);
  (await named.client.post(`/v1/tokens/${token}/revocation`, { reason: 'x' })).expect(403);
  (await instructor.client.post(`/v1/tokens/${token}/revocation`, { reason: 'x' })).expect(200);
});
