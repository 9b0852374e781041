// Whom a file names counts from its approval on: a reopened draft gives and takes nothing until it is approved.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { logInAs } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { runJob } from '../support/jobs.mjs';
import {
  cancelReopening,
  cast,
  contact,
  decide,
  saveRequest,
  submitRequest,
} from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

let server;
let instructor;
before(async () => {
  server = await startServer();
  ({ instructor } = await cast(server));
});
after(() => server.stop());

const sql = (text) => server.database.sql(text);
const ELSEWHERE = { siret: SIRETS.LYON };

/** An approved request that is open again, with another technical contact in its draft. */
async function reopened() {
  const { applicant, domain } = await cast(server);
  const contractor = `${domain.split('.')[0]}-prestataire.example`;
  const former = await logInAs(server, { ...ELSEWHERE, domain: contractor });
  const next = await logInAs(server, { ...ELSEWHERE, domain: contractor });
  const named = (person) => ({
    contacts: { technical: { ...contact('x'), email: person.email } },
  });
  const { id } = await submitRequest(applicant.client, { domain, patch: named(former) });
  (await decide(instructor.client, id, 'approve')).expect(201);
  const { body } = (await applicant.client.get(`/v1/requests/${id}`)).expect(200);
  (await applicant.client.post(`/v1/requests/${id}/reopening`)).expect(200);
  await saveRequest(applicant.client, id, { title: 'Un titre à venir', ...named(next) });
  await mailsDone(server);
  return { applicant, former, next, id, token: body.token_id, habilitation: body.habilitation_id };
}

/** What somebody sees of a request and its token, all at once. */
async function sightOf({ client }, { id, token, habilitation }) {
  const ids = async (path) => (await client.get(path)).expect(200).body.items.map((one) => one.id);
  return {
    request: (await client.get(`/v1/requests/${id}`)).status,
    listed: (await ids('/v1/requests')).includes(id),
    asContact: (await ids('/v1/requests?relation=contact')).includes(id),
    habilitation: (await client.get(`/v1/habilitations/${habilitation}`)).status,
    token: (await client.get(`/v1/tokens/${token}`)).status,
    tokenListed: (await ids('/v1/tokens')).includes(token),
    reveal: (await client.post(`/v1/tokens/${token}/reveal`)).status,
    usage: (await client.get(`/v1/tokens/${token}/usage?window=30h`)).status,
  };
}

const IN_FORCE = {
  request: 200,
  listed: true,
  asContact: true,
  habilitation: 403, // it is there, for those who see the whole file
  token: 200,
  tokenListed: true,
  reveal: 200,
  usage: 200,
};
const NOBODY = {
  request: 404,
  listed: false,
  asContact: false,
  habilitation: 404,
  token: 404,
  tokenListed: false,
  reveal: 404,
  usage: 404,
};

/** Says who would be told of the token's end, by having it end soon. */
async function toldOfTheEnd({ token }, people) {
  await sql(`update token set expires_at = now() + interval '20 days' where id = '${token}'`);
  await runJob(server, 'token_notices');
  await mailsDone(server);
  const ends = ({ subject, text }) => /fin de validité/.test(subject) && text.includes(token);
  const told = (await server.mailbox.list()).filter(ends);
  return people.map(({ email }) => told.some(({ to }) => to === email));
}

/** As the screens: the former contact keeps everything, the next one has nothing. */
async function assertUnchanged(made) {
  assert.deepEqual(await sightOf(made.former, made), IN_FORCE, 'the former contact');
  assert.deepEqual(await sightOf(made.next, made), NOBODY, 'the one who is typed in');
}

describe('while_a_reopened_draft_names_somebody_else', () => {
  test('the_contact_of_the_approval_keeps_what_they_had_and_the_other_one_sees_nothing', async () => {
    const made = await reopened();
    await assertUnchanged(made);
    (await made.applicant.client.post(`/v1/requests/${made.id}/submission`)).expect(200);
    await assertUnchanged(made);
    const ask = { reason: 'Précisez.' };
    (await decide(instructor.client, made.id, 'request_changes', ask)).expect(201);
    await assertUnchanged(made);
  });

  test('a_contact_reads_what_was_approved_and_not_the_draft', async () => {
    const { applicant, former, next, id } = await reopened();
    const { body } = (await former.client.get(`/v1/requests/${id}`)).expect(200);
    assert.equal(body.view, 'summary');
    assert.equal(body.title, 'Instruction des aides');
    const { body: list } = (await former.client.get('/v1/requests')).expect(200);
    assert.equal(list.items.find((one) => one.id === id).title, 'Instruction des aides');
    const found = async (words) => {
      const answer = await former.client.get(`/v1/requests?q=${encodeURIComponent(words)}`);
      return answer.expect(200).body.items.some((one) => one.id === id);
    };
    assert.equal(await found('instruction des aides'), true);
    assert.equal(await found(body.number), true);
    const { title } = (await applicant.client.get(`/v1/requests/${id}`)).expect(200).body;
    assert.notEqual(title, 'Instruction des aides');
    assert.equal(await found(title), false, 'the draft');
    assert.equal(await found(next.email), false, 'who is named there');
  });

  test('who_is_typed_in_gets_no_mail', async () => {
    const made = await reopened();
    assert.deepEqual(await toldOfTheEnd(made, [made.former, made.next]), [true, false]);
  });

  test('an_instructor_who_is_named_in_either_judges_nothing', async () => {
    const made = await reopened();
    const role = 'instructor:api-entreprise';
    const judge = await logInAs(server, { siret: SIRETS.DINUM, domain: 'dinum.example', role });
    const business = { ...contact('x'), email: judge.email };
    await saveRequest(made.applicant.client, made.id, { contacts: { business } });
    const { body } = (await judge.client.get(`/v1/requests/${made.id}`)).expect(200);
    assert.equal(body.conflict, 'contact');
  });
});

describe('once_it_is_decided', () => {
  test('an_approval_takes_from_one_and_gives_to_the_other', async () => {
    const made = await reopened();
    (await made.applicant.client.post(`/v1/requests/${made.id}/submission`)).expect(200);
    (await decide(instructor.client, made.id, 'approve')).expect(201);
    const { body } = (await made.applicant.client.get(`/v1/requests/${made.id}`)).expect(200);
    const now = { ...made, habilitation: body.habilitation_id };
    assert.deepEqual(await sightOf(made.former, now), NOBODY);
    assert.deepEqual(await sightOf(made.next, now), IN_FORCE);
    await server.mailbox.take({ to: made.next.email, subject: new RegExp(body.number) });
    assert.deepEqual(await toldOfTheEnd(now, [made.former, made.next]), [false, true]);
  });

  for (const [name, end] of Object.entries({
    refused: ({ id }) => decide(instructor.client, id, 'refuse', { reason: 'Non.' }),
    cancelled_by_an_instructor: ({ id }) =>
      cancelReopening(instructor.client, id, { reason: 'Rien ne vient.' }),
  }))
    test(`a_reopening_that_is_${name}_changes_nothing`, async () => {
      const made = await reopened();
      (await made.applicant.client.post(`/v1/requests/${made.id}/submission`)).expect(200);
      assert.ok((await end(made)).status < 300);
      await assertUnchanged(made);
      assert.deepEqual(await toldOfTheEnd(made, [made.former, made.next]), [true, false]);
    });

  test('a_reopening_that_its_applicant_cancels_changes_nothing', async () => {
    const made = await reopened();
    assert.ok((await cancelReopening(made.applicant.client, made.id)).status < 300);
    await assertUnchanged(made);
  });

  test('a_revocation_of_the_draft_tells_who_was_granted', async () => {
    const made = await reopened();
    (await decide(instructor.client, made.id, 'revoke', { reason: 'Fin.' })).expect(201);
    assert.equal((await made.former.client.get(`/v1/requests/${made.id}`)).status, 200);
    assert.equal((await made.next.client.get(`/v1/requests/${made.id}`)).status, 404);
    await server.mailbox.take({ to: made.former.email, subject: /révoqu|retir/i });
    await mailsDone(server);
    const mails = await server.mailbox.list();
    assert.ok(!mails.some(({ to }) => to === made.next.email));
  });
});

test('before_any_approval_whoever_the_submitted_file_names_sees_it', async () => {
  const { applicant, domain } = await cast(server);
  const first = await logInAs(server, { ...ELSEWHERE, domain: `a-${domain}` });
  const second = await logInAs(server, { ...ELSEWHERE, domain: `b-${domain}` });
  const named = ({ email }) => ({ contacts: { business: { ...contact('x'), email } } });
  const { id } = await submitRequest(applicant.client, { domain, patch: named(first) });
  const status = async ({ client }) => (await client.get(`/v1/requests/${id}`)).status;
  assert.deepEqual([await status(first), await status(second)], [200, 404]);
  (await decide(instructor.client, id, 'request_changes', { reason: 'x' })).expect(201);
  await saveRequest(applicant.client, id, named(second));
  assert.deepEqual([await status(first), await status(second)], [404, 200]);
});

test('a_contact_who_deletes_their_account_is_named_nowhere_but_in_what_was_approved', async () => {
  const made = await reopened();
  (await made.former.client.delete('/v1/account')).expect(204);
  const [row] = await sql(`select r.named_keys || r.contact_emails || ARRAY[r.fields::text] as kept
                           from request r where id = '${made.id}'`);
  assert.ok(!JSON.stringify(row).includes(made.former.email));
});
