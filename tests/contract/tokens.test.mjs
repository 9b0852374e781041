// Tokens as people see and use them: who sees what, reveal, addresses, rotation, revocation.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { runJob } from '../support/jobs.mjs';
import { approvedToken, cast, decide } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { stopwatch } from '../support/stopwatch.mjs';
import { ASKED } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const ENDPOINT = `/gateway/api-entreprise/v3/dgfip/etablissements/13002526500013/chiffres_affaires?${ASKED}`;

let server;
let people;
let technical;
let business;
let colleague;
let outsider;

before(async () => {
  server = await startServer();
  people = await cast(server);
  const { domain } = people;
  const elsewhere = { siret: SIRETS.ANNECY };
  technical = await logInAs(server, { ...elsewhere, email: `technique@${domain}` });
  business = await logInAs(server, { ...elsewhere, email: `metier@${domain}` });
  colleague = await logInAs(server, { siret: SIRETS.CLAMART, domain });
  outsider = await logInAs(server, { siret: SIRETS.LILLE });
});
after(() => server.stop());

const reveal = async (path) =>
  (await people.applicant.client.post(`${path}/reveal`)).expect(200).body.token;
const call = (string) => server.client().get(ENDPOINT, { bearer: string });
/** What tells the strings of one token apart. */
const numberOf = (string) => claimsOf(string).gen ?? claimsOf(string).iat;
const claimsOf = (string) => JSON.parse(Buffer.from(string.split('.')[1], 'base64url'));

/** Seconds until the gateway refuses the string. */
async function refusedWithin(string, code, seconds) {
  const elapsedMs = stopwatch();
  await waitFor(`refusal ${code}`, async () => {
    const answer = await call(string);
    return answer.status === 401 && answer.body.errors[0].code === code;
  });
  assert.ok(elapsedMs() < seconds * 1000, `refused within ${seconds} s`);
}

async function ageLogin(person) {
  await server.database.sql(
    `update session set logged_in_at = now() - interval '16 minutes'
     where account_id = (select id from account where email = '${person.email}')`,
  );
}

test('an_approval_makes_a_token_that_calls_the_api', async () => {
  const { id, path, requestId } = await approvedToken(people);
  const { body: token, etag } = (await people.applicant.client.get(path)).expect(200);
  assert.equal(etag, `"${token.version}"`);
  assert.equal(token.state, 'active');
  assert.equal(token.request_id, requestId);
  assert.equal(token.can_reveal, true);
  assert.deepEqual(token.allowed_ips, []);
  assert.equal(token.rotation, null);
  const string = await reveal(path);
  const claims = claimsOf(string);
  assert.equal(claims.jti, id);
  assert.equal(claims.iss, server.url);
  assert.equal(claims.aud, 'api-entreprise');
  assert.equal(claims.sub, token.habilitation_id);
  assert.equal(claims.version, '1.0');
  assert.deepEqual(claims.scopes, token.scopes);
  assert.equal(new Date(claims.exp * 1000).getTime(), Date.parse(token.expires_at));
  (await call(string)).expect(200);
  const mail = await server.mailbox.take({ to: people.applicant.email, subject: /jeton/i });
  assert.equal(mail.url, `${server.url}/jetons/${id}`);
  await server.mailbox.take({ to: technical.email, subject: /jeton/i });
});

test('shows_members_by_the_visibility_of_the_reader', async () => {
  const { path } = await approvedToken(people);
  const seen = async (person) => (await person.client.get(path)).expect(200).body;
  const owner = [
    'reveal',
    'rotate',
    'revoke',
    'set_addresses',
    'share',
    'read_usage',
    'read_calls',
    'set_alerts',
  ];
  assert.deepEqual((await seen(people.applicant)).permissions.sort(), [...owner].sort());
  assert.deepEqual((await seen(technical)).permissions.sort(), [...owner].sort());
  assert.deepEqual((await seen(business)).permissions.sort(), ['read_usage', 'set_alerts']);
  assert.deepEqual((await seen(colleague)).permissions, []);
  assert.deepEqual((await seen(people.instructor)).permissions.sort(), ['read_usage', 'revoke']);
  const { who_to_ask: names, can_reveal: can } = await seen(business);
  assert.ok(names.includes('Ana Lefèvre') && names.includes('Camille Durand'));
  assert.equal(can, false);
  (await outsider.client.get(path)).expect(404);
  (await server.client().get(path)).expect(401);
});

test('lists_visible_tokens_newest_first', async () => {
  const older = await approvedToken(people);
  const newer = await approvedToken(people);
  const { body: page } = (await people.applicant.client.get('/v1/tokens?limit=2')).expect(200);
  assert.deepEqual(
    page.items.map(({ id }) => id),
    [newer.id, older.id],
  );
  const next = (
    await people.applicant.client.get(`/v1/tokens?limit=2&cursor=${page.next_cursor}`)
  ).expect(200);
  assert.ok(!next.body.items.some(({ id }) => [newer.id, older.id].includes(id)));
  const of = (query) => people.applicant.client.get(`/v1/tokens?${query}`);
  assert.equal((await of(`request_id=${older.requestId}`)).expect(200).body.items[0].id, older.id);
  assert.equal((await of('state=revoked&product=none')).expect(200).body.items.length, 0);
  assert.equal((await of(`siret=${SIRETS.LYON}`)).expect(200).body.items.length, 0);
  assert.equal((await outsider.client.get('/v1/tokens')).expect(200).body.items.length, 0);
  const wrong = (await of('state=x&siret=12&request_id=z&limit=0')).expect(422);
  assert.deepEqual(wrong.pointers, ['limit', 'request_id', 'siret', 'state']);
  (await of('unknown=1')).expect(422);
});

test('refuses_acts_to_accounts_without_the_right', async () => {
  const { path } = await approvedToken(people);
  const share = { email: 'tiers@editeur.example' };
  const acts = [
    ['post', 'reveal', {}],
    ['post', 'rotation', { overlap_days: 1 }],
    ['post', 'shares', share],
    [
      'post',
      'prolongation',
      { still_in_charge: true, purpose_unchanged: true, contacts_unchanged: true },
    ],
  ];
  for (const person of [business, colleague, people.instructor]) {
    for (const [method, act, body] of acts) {
      (await person.client[method](`${path}/${act}`, body)).expect(403);
    }
    (await person.client.patch(path, { allowed_ips: [] }, { etag: '*' })).expect(403);
    (await person.client.get(`${path}/shares`)).expect(403);
  }
  for (const person of [business, colleague]) {
    (await person.client.post(`${path}/revocation`, { reason: 'x' })).expect(403);
    (await person.client.delete(`${path}/revocation`)).expect(403);
  }
  (await technical.client.post(`${path}/prolongation`, acts[3][2])).expect(403);
  for (const [method, act, body] of [...acts, ['post', 'revocation', { reason: 'x' }]]) {
    (await outsider.client[method](`${path}/${act}`, body)).expect(404);
  }
  (await outsider.client.patch(path, { allowed_ips: [] }, { etag: '*' })).expect(404);
  (await outsider.client.delete(`${path}/revocation`)).expect(404);
  (await people.applicant.client.get(path)).expect(200);
});

test('asks_for_a_recent_login_and_records_each_reveal', async () => {
  const { id, path } = await approvedToken(people);
  const person = await logInAs(server, { email: undefined, domain: people.domain });
  await server.database.sql(
    `update request set applicant_id = (select id from account where email = '${person.email}')
     where id = (select request_id from token where id = '${id}')`,
  );
  (await person.client.post(`${path}/reveal`)).expect(200);
  (await person.client.post(`${path}/reveal`, {})).expect(200);
  await ageLogin(person);
  for (const [act, body] of [
    ['reveal', {}],
    ['rotation', { overlap_days: 0 }],
    ['shares', { email: 'tiers@editeur.example' }],
  ]) {
    const { body: problem } = (await person.client.post(`${path}/${act}`, body)).expect(403);
    assert.equal(problem.type, '/problems/recent-login-required');
  }
  const [count] = await server.database.sql(
    `select (select count(*) from token_reveal where token_id = '${id}'),
            (select count(*) from audit where subject_id = '${id}' and action = 'token.reveal')`,
  );
  assert.equal(count, '2\t2');
});

test('lists_reveals_to_those_who_may_reveal', async () => {
  const { id, path } = await approvedToken(people);
  const { applicant, instructor } = people;
  await reveal(path);
  (await technical.client.post(`${path}/rotation`, { overlap_days: 0 })).expect(200);
  (await applicant.client.post(`${path}/shares`, { email: 'tiers@editeur.example' })).expect(201);
  const { token } = await server.mailbox.take({ to: 'tiers@editeur.example' });
  (await server.client().post('/v1/share-redemptions', { token })).expect(200);
  const { items } = (await applicant.client.get(`${path}/reveals`)).expect(200).body;
  assert.deepEqual(
    items.map(({ how, person, email }) => [how, person?.email ?? null, email]),
    [
      ['share', null, 'tiers@editeur.example'],
      ['rotation', technical.email, null],
      ['reveal', applicant.email, null],
    ],
  );
  assert.ok(items.every(({ address, client_name: name }) => address === '127.0.0.1' && !name));
  const first = (await technical.client.get(`${path}/reveals?limit=2`)).expect(200).body;
  const rest = await technical.client.get(`${path}/reveals?limit=2&cursor=${first.next_cursor}`);
  assert.deepEqual([...first.items, ...rest.expect(200).body.items], items);
  assert.equal(rest.body.next_cursor, null);
  (await applicant.client.get(`${path}/reveals?cursor=x`)).expect(422);
  for (const person of [business, colleague, instructor]) {
    (await person.client.get(`${path}/reveals`)).expect(403);
  }
  (await outsider.client.get(`${path}/reveals`)).expect(404);
  await server.database.sql(`update token set revoked_at = now() where id = '${id}'`);
  (await applicant.client.get(`${path}/reveals`)).expect(200);
  for (const { email } of [applicant, technical]) {
    await server.mailbox.take({ to: email, subject: /révoqué/ });
  }
});

test('sets_the_allowed_caller_addresses', async () => {
  const { path } = await approvedToken(people);
  const { client } = people.applicant;
  const string = await reveal(path);
  const { etag } = await client.get(path);
  const body = { allowed_ips: ['192.0.2.7', '198.51.100.0/24', '2001:db8::/32', '2001:db8::1'] };
  (await client.patch(path, body)).expect(428);
  const changed = (await client.patch(path, body, { etag })).expect(200);
  assert.deepEqual(changed.body.allowed_ips, body.allowed_ips);
  assert.notEqual(changed.etag, etag);
  (await client.patch(path, body, { etag })).expect(412);
  await waitFor('the refusal of this address', async () => {
    const answer = await call(string);
    return answer.status === 403 && answer.body.errors[0].code === '00107';
  });
  (await client.patch(path, { allowed_ips: ['127.0.0.1'] }, { etag: '*' })).expect(200);
  await waitFor('this address again', async () => (await call(string)).status === 200);
  const none = (await client.patch(path, { allowed_ips: null }, { etag: '*' })).expect(200);
  assert.deepEqual(none.body.allowed_ips, []);
  const same = (await client.patch(path, {}, { etag: none.etag })).expect(200);
  assert.equal(same.etag, none.etag);
});

test('refuses_malformed_addresses', async () => {
  const { path } = await approvedToken(people);
  const list = ['192.0.2.7', '192.0.2.7', '192.0.2.7/24', '300.1.1.1', '::g', 5, 'a.example', ''];
  const refused = await people.applicant.client.patch(path, { allowed_ips: list }, { etag: '*' });
  assert.deepEqual(refused.expect(422).codes, {
    '/allowed_ips/1': 'duplicate',
    '/allowed_ips/2': 'invalid_format',
    '/allowed_ips/3': 'invalid_format',
    '/allowed_ips/4': 'invalid_format',
    '/allowed_ips/5': 'wrong_type',
    '/allowed_ips/6': 'invalid_format',
    '/allowed_ips/7': 'invalid_format',
  });
  const many = Array.from({ length: 101 }, (_, i) => `10.0.0.${i}`);
  const patch = (body) => people.applicant.client.patch(path, body, { etag: '*' });
  assert.deepEqual((await patch({ allowed_ips: many })).expect(422).codes, {
    '/allowed_ips': 'too_many',
  });
  assert.deepEqual((await patch({ allowed_ips: 'x', state: 'active' })).expect(422).pointers, [
    '/allowed_ips',
    '/state',
  ]);
});

test('rotates_with_an_overlap_and_shows_the_former_string', async () => {
  const { path } = await approvedToken(people);
  const { client } = people.applicant;
  const former = await reveal(path);
  const { body: rotated, headers } = (
    await client.post(`${path}/rotation`, { overlap_days: 2 })
  ).expect(200);
  assert.equal(headers['cache-control'], 'no-store');
  assert.notEqual(rotated.token, former);
  assert.equal(claimsOf(rotated.token).jti, claimsOf(former).jti);
  assert.ok(numberOf(rotated.token) > numberOf(former));
  const days = (Date.parse(rotated.former_good_until) - Date.now()) / 86_400_000;
  assert.ok(days > 1.99 && days < 2.01);
  await waitFor('the new string', async () => (await call(rotated.token)).status === 200);
  (await call(former)).expect(200);
  await waitFor('the call with the former string', async () => {
    const { body } = await client.get(path);
    return body.rotation?.last_called_at;
  });
});

test('strings_made_within_one_second_are_told_apart_and_none_is_from_the_future', async () => {
  const { path } = await approvedToken(people);
  const { client } = people.applicant;
  const strings = [await reveal(path)];
  for (let i = 0; i < 4; i++) {
    const rotated = (await client.post(`${path}/rotation`, { overlap_days: 1 })).expect(200);
    const { iat, nbf } = claimsOf(strings[strings.push(rotated.body.token) - 1]);
    assert.ok(Math.max(iat, nbf) <= Date.now() / 1000, 'good at once everywhere');
  }
  assert.equal(new Set(strings.map(numberOf)).size, strings.length);
  const [oldest, , , former, last] = strings;
  assert.ok(claimsOf(last).gen > claimsOf(last).iat, 'five in far less than five seconds');
  assert.equal(claimsOf(oldest).gen, undefined, 'where iat alone does');
  await waitFor('the newest string', async () => (await call(last)).status === 200);
  (await call(former)).expect(200);
  await refusedWithin(oldest, '00105', 5);
});

test('a_second_rotation_keeps_at_most_two_strings', async () => {
  const { path } = await approvedToken(people);
  const { client } = people.applicant;
  const rotate = async (days) =>
    (await client.post(`${path}/rotation`, { overlap_days: days })).expect(200).body.token;
  const first = await reveal(path);
  const second = await rotate(2);
  const third = await rotate(1);
  await refusedWithin(first, '00105', 5);
  await waitFor('the newest string', async () => (await call(third)).status === 200);
  (await call(second)).expect(200);
  const { rotation } = (await client.get(path)).body;
  assert.ok(Date.parse(rotation.good_until) < Date.now() + 1.01 * 86_400_000);
  const last = await rotate(0);
  assert.equal((await client.get(path)).body.rotation, null);
  await refusedWithin(third, '00105', 5);
  await refusedWithin(second, '00105', 5);
  await waitFor('the newest string', async () => (await call(last)).status === 200);
});

test('refuses_invalid_overlaps', async () => {
  const { path } = await approvedToken(people);
  const rotate = (body) => people.applicant.client.post(`${path}/rotation`, body);
  for (const [body, code] of [
    [{ overlap_days: -1 }, 'out_of_range'],
    [{ overlap_days: 31 }, 'out_of_range'],
    [{ overlap_days: '3' }, 'wrong_type'],
    [{ overlap_days: 1.5 }, 'wrong_type'],
    [{}, 'required'],
  ]) {
    assert.deepEqual((await rotate(body)).expect(422).codes, { '/overlap_days': code });
  }
});

test('revokes_immediately_and_permanently', async () => {
  const { id, path } = await approvedToken(people);
  const string = await reveal(path);
  (await call(string)).expect(200);
  const { body } = (
    await technical.client.post(`${path}/revocation`, { reason: 'Jeton publié par erreur' })
  ).expect(200);
  assert.equal(body.state, 'revoked');
  assert.equal(body.revocation_reason, 'Jeton publié par erreur');
  assert.ok(body.revoked_at && body.revocation_at === null);
  await refusedWithin(string, '00105', 5);
  for (const [act, members] of [
    ['reveal', {}],
    ['rotation', { overlap_days: 0 }],
    ['revocation', { reason: 'encore' }],
    ['shares', { email: 'tiers@editeur.example' }],
  ]) {
    (await people.applicant.client.post(`${path}/${act}`, members)).expect(409);
  }
  const mail = await server.mailbox.take({ to: people.applicant.email, subject: /révoqué/ });
  assert.match(mail.text, /> Jeton publié par erreur/);
  assert.equal(mail.url, `${server.url}/jetons/${id}`);
});

test('revokes_at_a_date_and_notifies_then', async () => {
  const { id, path } = await approvedToken(people);
  const string = await reveal(path);
  const at = new Date(Date.now() + 3_600_000).toISOString();
  const { body } = (
    await people.instructor.client.post(`${path}/revocation`, { reason: 'Fin du projet', at })
  ).expect(200);
  assert.equal(body.state, 'active');
  assert.equal(body.revocation_at, at);
  assert.equal(body.revoked_at, null);
  (await call(string)).expect(200);
  await server.database.sql(`update token set revoked_at = now() where id = '${id}'`);
  await refusedWithin(string, '00105', 5);
  await server.mailbox.take({ to: technical.email, subject: /révoqué/ });
});

test('a_planned_revocation_is_told_when_it_takes_effect', async () => {
  const { id, path } = await approvedToken(people);
  const at = new Date(Date.now() + 2500).toISOString();
  // Not by the job that looks for missed ones every 30 s.
  await server.database.sql(
    "update job set run_at = now() + interval '25 seconds' where kind = 'token_revocations'",
  );
  (await people.instructor.client.post(`${path}/revocation`, { reason: 'Fin', at })).expect(200);
  // A worker hears of jobs to come within 30 s; this plan is closer.
  await server.database.sql("select pg_notify('work', 'job')");
  await waitFor('the revocation to be told', async () => {
    const [told] = await server.database.sql(
      `select revocation_told from token where id = '${id}'`,
    );
    assert.ok(told === 'f' || Date.now() >= Date.parse(at), 'not before');
    return told === 't';
  });
  assert.ok(Date.now() - Date.parse(at) < 15_000, 'not by the recurring job');
});

test('withdraws_a_revocation_only_before_its_date', async () => {
  const { id, path } = await approvedToken(people);
  const string = await reveal(path);
  const plan = async (ms) => {
    const at = new Date(Date.now() + ms).toISOString();
    const body = { reason: 'Fin du marché', at };
    return (await people.instructor.client.post(`${path}/revocation`, body)).expect(200).body;
  };
  const withdraw = (person = people.instructor) => person.client.delete(`${path}/revocation`);
  assert.match((await withdraw()).expect(409).body.detail, /Aucune révocation n’est prévue/);
  const planned = await plan(4000);
  const date = Date.parse(planned.revocation_at);
  (await withdraw()).expect(204);
  const { body: token } = (await people.applicant.client.get(path)).expect(200);
  assert.deepEqual(
    [token.state, token.revocation_at, token.revocation_reason],
    ['active', null, null],
  );
  assert.equal(token.version, planned.version + 1);
  (await withdraw()).expect(409);
  await waitFor('the date that was planned', () => Date.now() > date);
  await runJob(server, 'token_revocations');
  (await call(string)).expect(200);
  const told = `select from outbox where template = 'token_revoked'
    and created_at >= '${new Date(date - 4000).toISOString()}'`;
  assert.equal((await server.database.rows(told)).length, 0);
  await plan(3_600_000);
  await server.database.sql(`update token set revoked_at = now() where id = '${id}'`);
  assert.match((await withdraw()).expect(409).body.detail, /Ce jeton est révoqué/);
  await refusedWithin(string, '00105', 5);
  const acts = await server.database.rows(
    `select action from audit where subject_id = '${id}' and action like '%revo%' order by id`,
  );
  assert.deepEqual(
    acts.map(({ action }) => action),
    ['token.revoke', 'token.withdraw_revocation', 'token.revoke'],
  );
});

test('a_revocation_planned_by_an_instructor_cannot_be_withdrawn_by_the_owner', async () => {
  const { path } = await approvedToken(people);
  const plan = (person, days) =>
    person.client.post(`${path}/revocation`, {
      reason: 'Fin du marché',
      at: new Date(Date.now() + days * 86_400_000).toISOString(),
    });
  const withdraw = (person) => person.client.delete(`${path}/revocation`);
  (await plan(people.instructor, 10)).expect(200);
  assert.match((await withdraw(people.applicant)).expect(403).body.detail, /L’instruction a prévu/);
  (await plan(people.applicant, 20)).expect(403);
  (await plan(people.instructor, 20)).expect(200);
  (await plan(people.applicant, 5)).expect(200);
  (await withdraw(people.applicant)).expect(204);
  (await plan(people.applicant, 5)).expect(200);
  (await plan(people.applicant, 9)).expect(200);
  (await withdraw(people.instructor)).expect(204);
});

test('refuses_a_revocation_without_reason_or_in_the_past', async () => {
  const { path } = await approvedToken(people);
  const revoke = (body) => people.applicant.client.post(`${path}/revocation`, body);
  assert.deepEqual((await revoke({ at: '2020-01-01T00:00:00Z' })).expect(422).codes, {
    '/at': 'out_of_range',
    '/reason': 'required',
  });
  for (const at of ['demain', '2027-02-30T00:00:00Z', '2027-01-01', '2027-01-01T00:00:00']) {
    assert.deepEqual((await revoke({ reason: 'x', at })).expect(422).codes, {
      '/at': 'invalid_format',
    });
  }
  assert.equal((await people.applicant.client.get(path)).body.state, 'active');
});

test('answers_a_repeated_revocation_with_the_first_answer', async () => {
  const { path } = await approvedToken(people);
  const revoke = () =>
    people.applicant.client.post(`${path}/revocation`, { reason: 'x' }, { idempotencyKey: 'once' });
  const first = (await revoke()).expect(200);
  assert.deepEqual((await revoke()).expect(200).body, first.body);
});

test('is_revoked_with_its_request', async () => {
  const { path, requestId } = await approvedToken(people);
  const string = await reveal(path);
  (await decide(people.instructor.client, requestId, 'revoke', { reason: 'Abus' })).expect(201);
  assert.equal((await people.applicant.client.get(path)).expect(200).body.state, 'revoked');
  await refusedWithin(string, '00105', 5);
});
