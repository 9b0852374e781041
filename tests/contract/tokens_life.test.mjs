// Tokens over time and in other hands: prolongation, expiry notices, sharing links, programs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { patiently } from '../support/client.mjs';
import { runJob } from '../support/jobs.mjs';
import { cast, decide, submitRequest } from '../support/requests.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const ENDPOINT = `/gateway/api-entreprise/v3/dgfip/etablissements/13002526500013/chiffres_affaires?${ASKED}`;
const SAME = { still_in_charge: true, purpose_unchanged: true, contacts_unchanged: true };

let server;
let people;

before(async () => {
  server = await startServer();
  people = await cast(server);
});
after(() => server.stop());

async function approvedToken() {
  const { applicant, instructor, domain } = people;
  const { id } = await submitRequest(applicant.client, { domain });
  (await decide(instructor.client, id, 'approve')).expect(201);
  const { body } = (await applicant.client.get(`/v1/requests/${id}`)).expect(200);
  return { id: body.token_id, requestId: id, path: `/v1/tokens/${body.token_id}` };
}

const read = async (path) => (await people.applicant.client.get(path)).expect(200).body;
const reveal = async (path) =>
  (await people.applicant.client.post(`${path}/reveal`)).expect(200).body.token;
const call = (string) => server.client().get(ENDPOINT, { bearer: string });
const expire = (id, when) =>
  server.database.sql(`update token set expires_at = ${when} where id = '${id}'`);

// --- prolongation

test('prolongs_by_18_months_and_keeps_the_string', async () => {
  const { id, path, requestId } = await approvedToken();
  const string = await reveal(path);
  assert.ok(!(await read(path)).permissions.includes('prolong'));
  (await people.applicant.client.post(`${path}/prolongation`, SAME)).expect(409);
  await expire(id, "now() + interval '30 days'");
  const before = await read(path);
  assert.ok(before.permissions.includes('prolong'));
  const { body } = (await people.applicant.client.post(`${path}/prolongation`, SAME)).expect(200);
  assert.equal(body.outcome, 'prolonged');
  assert.equal(body.request_id, requestId);
  const months = (Date.parse(body.expires_at) - Date.parse(before.expires_at)) / 86_400_000 / 30.44;
  assert.ok(months > 17.9 && months < 18.1);
  assert.equal((await read(path)).expires_at, body.expires_at);
  assert.equal(await reveal(path), string);
  (await call(string)).expect(200);
  const mail = await server.mailbox.take({ to: people.applicant.email, subject: /prolongé/ });
  assert.equal(mail.url, `${server.url}/jetons/${id}`);
});

test('prolongs_a_string_that_expired_recently', async () => {
  const { id, path } = await approvedToken();
  const string = await reveal(path);
  await expire(id, "now() - interval '3 days'");
  await waitFor('the expiry', async () => (await call(string)).body.errors?.[0].code === '00103');
  assert.equal((await read(path)).state, 'expired');
  (await people.applicant.client.post(`${path}/reveal`)).expect(409);
  (await people.applicant.client.post(`${path}/prolongation`, SAME)).expect(200);
  await waitFor('the string again', async () => (await call(string)).status === 200);
  await expire(id, "now() - interval '91 days'");
  (await people.applicant.client.post(`${path}/prolongation`, SAME)).expect(409);
});

test('reopens_the_request_where_something_changed', async () => {
  const { id, path, requestId } = await approvedToken();
  const string = await reveal(path);
  await expire(id, "now() + interval '30 days'");
  const { expires_at: until } = await read(path);
  const changed = { ...SAME, contacts_unchanged: false };
  for (let i = 0; i < 2; i++) {
    const { body } = (await people.applicant.client.post(`${path}/prolongation`, changed)).expect(
      200,
    );
    assert.deepEqual(body, {
      outcome: 'request_reopened',
      expires_at: until,
      request_id: requestId,
    });
  }
  const { body: request } = await people.applicant.client.get(`/v1/requests/${requestId}`);
  assert.equal(request.state, 'draft');
  (await call(string)).expect(200);
});

test('asks_to_transfer_the_request_first', async () => {
  const { id, path } = await approvedToken();
  await expire(id, "now() + interval '30 days'");
  const prolong = (body) => people.applicant.client.post(`${path}/prolongation`, body);
  assert.deepEqual((await prolong({ ...SAME, still_in_charge: false })).expect(422).codes, {
    '/still_in_charge': 'not_allowed',
  });
  assert.deepEqual((await prolong({ still_in_charge: 'oui', other: 1 })).expect(422).codes, {
    '/still_in_charge': 'wrong_type',
    '/purpose_unchanged': 'required',
    '/contacts_unchanged': 'required',
    '/other': 'unknown_member',
  });
});

test('gives_the_same_token_new_scopes_at_a_later_approval', async () => {
  const { id, path, requestId } = await approvedToken();
  const string = await reveal(path);
  const { client } = people.applicant;
  (await client.post(`/v1/requests/${requestId}/reopening`)).expect(200);
  const { etag } = await client.get(`/v1/requests/${requestId}`);
  const patch = { scopes: ['chiffre_affaires_dgfip'] };
  (await client.patch(`/v1/requests/${requestId}`, patch, { etag })).expect(200);
  (await client.post(`/v1/requests/${requestId}/submission`)).expect(200);
  (await decide(people.instructor.client, requestId, 'approve')).expect(201);
  const token = await read(path);
  assert.equal(token.id, id);
  assert.ok(!token.scopes.includes('attestation_fiscale_dgfip'));
  assert.equal(await reveal(path), string);
});

// --- notices

test('sends_each_expiry_notice_once_to_applicant_and_contacts', async () => {
  const { id } = await approvedToken();
  const { domain } = people;
  const ofToken = async (to) =>
    (await server.mailbox.list({ to, subject: /fin de validité/ })).filter(({ text }) =>
      text.includes(id),
    );
  for (const days of [89, 59, 29, 14, 6, 0]) {
    // A notice is noted for one expiry: where the test moves it, the notes move along, at once.
    const when = `now() + interval '${days} days' - interval '1 minute'`;
    await server.database.sql(
      `update token_notice set expires_at = ${when} where token_id = '${id}';
       update token set expires_at = ${when} where id = '${id}'`,
    );
    for (let times = 0; times < 2; times++) await runJob(server, 'token_notices');
  }
  await mailsDone(server);
  for (const to of [
    people.applicant.email,
    ...['technique', 'metier', 'dpo', 'direction'].map((name) => `${name}@${domain}`),
  ]) {
    assert.equal((await ofToken(to)).length, 6, to);
  }
  const [last] = (await ofToken(people.applicant.email)).slice(-1);
  assert.match(last.text, /a cessé de fonctionner/);
  assert.equal(last.url, `${server.url}/jetons/${id}`);
});

test('sends_only_the_latest_of_several_missed_notices', async () => {
  const { id } = await approvedToken();
  await expire(id, "now() + interval '10 days'");
  await runJob(server, 'token_notices');
  const notes = await server.database.sql(
    `select days, mailed from token_notice where token_id = '${id}' order by days`,
  );
  assert.deepEqual(notes, ['15\tt', '30\tf', '60\tf', '90\tf']);
});

test('sends_no_expiry_notice_where_a_planned_revocation_comes_first', async () => {
  const noted = async (revokedAt) => {
    const { id } = await approvedToken();
    await expire(id, "now() + interval '10 days'");
    await server.database.sql(
      `update token set revoked_at = now() + interval '${revokedAt}' where id = '${id}'`,
    );
    await runJob(server, 'token_notices');
    return (
      await server.database.sql(`select 1 from token_notice where token_id = '${id}' and mailed`)
    ).length;
  };
  assert.equal(await noted('20 days'), 1);
  assert.equal(await noted('5 days'), 0);
});

// --- sharing

async function share(path, email = 'tiers@editeur.example') {
  const { body } = (await people.applicant.client.post(`${path}/shares`, { email })).expect(201);
  const mail = await server.mailbox.take({ to: email, subject: /transmis/ });
  return { share: body, mail, token: mail.token };
}

const redeem = (token) => server.client().post('/v1/share-redemptions', { token });

test('shares_the_string_once_by_a_mailed_link', async () => {
  const { id, path } = await approvedToken();
  const { share: made, mail, token } = await share(path);
  assert.equal(made.state, 'pending');
  assert.equal(made.created_by.email, people.applicant.email);
  assert.equal(Date.parse(made.expires_at) - Date.parse(made.created_at), 4 * 3_600_000);
  assert.equal(mail.url, `${server.url}/partage#${token}`);
  assert.ok(mail.text.split('\n').some((line) => line.trim() === mail.url));
  const opened = (await redeem(token)).expect(200);
  assert.equal(opened.headers['cache-control'], 'no-store');
  assert.equal(opened.body.token, await reveal(path));
  assert.equal((await redeem(token)).expect(422).body.type, '/problems/link-used');
  const { body: page } = (await people.applicant.client.get(`${path}/shares`)).expect(200);
  assert.equal(page.items[0].state, 'used');
  assert.ok(page.items[0].used_at);
  const [count] = await server.database.sql(
    `select count(*) from token_reveal where token_id = '${id}' and how = 'share'`,
  );
  assert.equal(count, '1');
  const stored = await server.database.sql('select secret_hash from token_share');
  assert.ok(!stored.includes(token));
});

test('cancels_links_and_expires_them_after_four_hours', async () => {
  const { path } = await approvedToken();
  const { client } = people.applicant;
  const cancelled = await share(path);
  const link = `${path}/shares/${cancelled.share.id}`;
  const outsider = await logInAs(server, { siret: SIRETS.LILLE });
  (await outsider.client.delete(link)).expect(404);
  (await client.delete(link)).expect(204);
  (await client.delete(link)).expect(204);
  (await redeem(cancelled.token)).expect(422);
  const late = await share(path);
  await server.database.sql(
    `update token_share set expires_at = now() - interval '1 s' where id = '${late.share.id}'`,
  );
  (await redeem(late.token)).expect(422);
  (await client.delete(`${path}/shares/${late.share.id}`)).expect(409);
  (await client.delete(`${path}/shares/${crypto.randomUUID()}`)).expect(404);
  const first = (await client.get(`${path}/shares?limit=1`)).expect(200).body;
  assert.equal(first.items[0].state, 'expired');
  const second = (await client.get(`${path}/shares?limit=1&cursor=${first.next_cursor}`)).body;
  assert.equal(second.items[0].state, 'cancelled');
  assert.equal(second.next_cursor, null);
});

test('a_link_to_a_token_that_ended_meanwhile_shows_nothing', async () => {
  const { path } = await approvedToken();
  const { token } = await share(path);
  (await people.applicant.client.post(`${path}/revocation`, { reason: 'x' })).expect(200);
  (await redeem(token)).expect(422);
});

test('refuses_links_without_an_address_and_beyond_twenty', async () => {
  const { path } = await approvedToken();
  const post = (body) => people.applicant.client.post(`${path}/shares`, body);
  for (const [email, code] of [
    ['x', 'invalid_format'],
    ['', 'required'],
    ['a@b.example\r\nBcc: c', 'control_character'],
  ]) {
    assert.deepEqual((await post({ email })).expect(422).codes, { '/email': code });
  }
  for (let i = 0; i < 20; i++) (await post({ email: `p${i}@editeur.example` })).expect(201);
  (await post({ email: 'p20@editeur.example' })).expect(409);
  for (const token of ['', 'x', 'é'.repeat(10)]) (await redeem(token)).expect(422);
  assert.equal((await redeem('never-made')).expect(422).codes['/token'], 'not_found');
});

test('of_two_concurrent_openings_of_a_link_one_succeeds', async () => {
  const { path } = await approvedToken();
  const { token } = await share(path);
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => patiently(() => redeem(token))),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
});

// --- programs

async function program(person, members) {
  const { body } = (
    await person.client.post('/v1/clients', { name: 'Passerelle', ...members })
  ).expect(201);
  const authorization = `Basic ${Buffer.from(`${body.client.id}:${body.client_secret}`).toString('base64')}`;
  const options = { headers: { authorization } };
  const ask = (act, form) =>
    server.client().post(`/v1/oauth/${act}`, new URLSearchParams(form), options);
  const { access_token: bearer } = (
    await ask('token', { grant_type: 'client_credentials' })
  ).expect(200).body;
  return { ask, bearer };
}

test('introspects_by_the_row_not_by_the_claims', async () => {
  const { id, path } = await approvedToken();
  const manager = await logInAs(server, { siret: SIRETS.LYON, role: 'manager:api-entreprise' });
  const { ask } = await program(manager, {
    product: 'api-entreprise',
    scopes: ['tokens:introspect'],
  });
  const former = await reveal(path);
  const { body } = (await ask('introspect', { token: former })).expect(200);
  assert.equal(body.active, true);
  assert.equal(body.jti, id);
  assert.equal(body.siret, SIRETS.CLAMART);
  assert.equal(body.scope, body.scopes.join(' '));
  await expire(id, "now() + interval '10 days'");
  const exp = (await ask('introspect', { token: former })).body.exp;
  assert.ok(exp < body.exp);
  const rotated = (await people.applicant.client.post(`${path}/rotation`, { overlap_days: 1 }))
    .body;
  assert.equal((await ask('introspect', { token: rotated.token })).body.exp, exp);
  const old = (await ask('introspect', { token: former })).body;
  assert.equal(old.exp, Math.floor(Date.parse(rotated.former_good_until) / 1000));
  const revoke = async (hours) => {
    const at = new Date(Date.now() + hours * 3_600_000).toISOString();
    const planned = { reason: 'Fin du marché.', at };
    (await people.applicant.client.post(`${path}/revocation`, planned)).expect(200);
    return Math.floor(Date.parse(at) / 1000);
  };
  const far = await revoke(11 * 24);
  assert.equal((await ask('introspect', { token: rotated.token })).body.exp, exp);
  assert.ok(far > exp);
  const between = await revoke(48);
  assert.equal((await ask('introspect', { token: rotated.token })).body.exp, between);
  assert.equal((await ask('introspect', { token: former })).body.exp, old.exp);
  const soon = await revoke(1);
  for (const token of [former, rotated.token]) {
    const told = (await ask('introspect', { token })).body;
    assert.deepEqual([told.active, told.exp], [true, soon]);
  }
  (await people.applicant.client.post(`${path}/rotation`, { overlap_days: 0 })).expect(200);
  for (const token of [former, rotated.token]) {
    assert.deepEqual((await ask('introspect', { token })).body, { active: false });
  }
  const forged = `${rotated.token.slice(0, -4)}AAAA`;
  assert.deepEqual((await ask('introspect', { token: forged })).body, { active: false });
  const string = await reveal(path);
  await expire(id, 'now()');
  assert.deepEqual((await ask('introspect', { token: string })).body, { active: false });
});

test('introspects_for_the_product_and_for_the_organisation_alone', async () => {
  const { id, path } = await approvedToken();
  const token = await reveal(path);
  const manager = await logInAs(server, { siret: SIRETS.LYON, role: 'manager:api-entreprise' });
  const product = 'api-entreprise';
  let last;
  const ask = async (person, members) => {
    last = await program(person, members);
    return last.ask('introspect', { token });
  };
  const own = { siret: SIRETS.CLAMART, scopes: ['tokens:read'] };
  assert.equal((await ask(people.applicant, own)).expect(200).body.jti, id);
  const resourceServer = { product, scopes: ['tokens:introspect'] };
  assert.equal((await ask(manager, resourceServer)).expect(200).body.jti, id);
  const moved = last;
  const reader = (await ask(manager, { product, scopes: ['tokens:read'] })).expect(403);
  assert.match(reader.body.detail, /tokens:introspect/);
  const grade = (role) =>
    server.database.sql(
      `update staff_role set role = '${role}'
       where account_id = (select id from account where email = '${manager.email}')`,
    );
  await grade('instructor');
  assert.match((await moved.ask('introspect', { token })).expect(403).body.detail, /responsable/);
  await grade('manager');
  assert.equal((await moved.ask('introspect', { token })).expect(200).body.jti, id);
  const stranger = await logInAs(server, { siret: SIRETS.LILLE });
  const theirs = { siret: SIRETS.LILLE, scopes: ['tokens:read', 'tokens:write'] };
  assert.deepEqual((await ask(stranger, theirs)).expect(200).body, { active: false });
  await server.database.sql(
    `update client set product = 'api-particulier' where product = '${product}' and 'tokens:introspect' = any (scopes)
       and account_id = (select id from account where email = '${manager.email}')`,
  );
  await server.database.sql(
    `update staff_role set product = 'api-particulier'
     where account_id = (select id from account where email = '${manager.email}')`,
  );
  assert.deepEqual((await moved.ask('introspect', { token })).expect(200).body, { active: false });
  for (const [person, members] of [
    [people.applicant, { ...own, scopes: ['tokens:write', 'usage:read'] }],
    [people.instructor, { product, scopes: ['tokens:read', 'tokens:write'] }],
  ]) {
    const refused = (await ask(person, members)).expect(403);
    assert.equal(refused.body.error, 'insufficient_scope');
  }
});

test('revokes_by_string_where_the_account_has_the_right', async () => {
  const { path } = await approvedToken();
  const string = await reveal(path);
  const stranger = await logInAs(server, { siret: SIRETS.LILLE });
  const theirs = await program(stranger, { siret: SIRETS.LILLE, scopes: ['tokens:write'] });
  const refused = (await theirs.ask('revoke', { token: string })).expect(400);
  assert.equal(refused.body.error, 'unauthorized_client');
  const reader = await program(people.applicant, {
    siret: SIRETS.CLAMART,
    scopes: ['tokens:read'],
  });
  const narrow = (await reader.ask('revoke', { token: string })).expect(403);
  assert.equal(narrow.body.error, 'insufficient_scope');
  assert.match(narrow.headers['www-authenticate'], /scope="tokens:write"/);
  assert.equal((await read(path)).state, 'active');
  const own = await program(people.applicant, { siret: SIRETS.CLAMART, scopes: ['tokens:write'] });
  (await own.ask('revoke', { token: string })).expect(200);
  assert.equal((await read(path)).state, 'revoked');
  (await own.ask('revoke', { token: string })).expect(200);
});

test('restricts_a_program_to_its_organisation_and_its_scopes', async () => {
  const { id, path } = await approvedToken();
  const { bearer } = await program(people.applicant, {
    siret: SIRETS.CLAMART,
    scopes: ['tokens:read'],
  });
  const client = server.client();
  assert.equal((await client.get(path, { bearer })).expect(200).body.id, id);
  (await client.post(`${path}/reveal`, {}, { bearer })).expect(403);
  (await client.get('/v1/requests', { bearer })).expect(403);
  const { instructor } = people;
  const staff = await program(instructor, {
    siret: SIRETS.DINUM,
    scopes: ['tokens:read', 'requests:read'],
  });
  (await client.get(path, { bearer: staff.bearer })).expect(404);
  assert.deepEqual((await client.get('/v1/tokens', { bearer: staff.bearer })).body.items, []);
  assert.deepEqual(
    (await client.get('/v1/requests', { bearer: staff.bearer })).expect(200).body.items,
    [],
  );
  const product = await program(instructor, { product: 'api-entreprise', scopes: ['tokens:read'] });
  (await client.get(path, { bearer: product.bearer })).expect(200);
});

// --- keys

test('rotates_keys_without_refusing_a_string', async () => {
  const { path } = await approvedToken();
  const string = await reveal(path);
  for (let i = 0; i < 2; i++) {
    const calling = Promise.all(Array.from({ length: 30 }, () => call(string)));
    await server.command(['rotate-keys']);
    for (const answer of await calling) answer.expect(200, 429);
  }
  const younger = await approvedToken();
  const next = await reveal(younger.path);
  assert.notEqual(
    JSON.parse(Buffer.from(next.split('.')[0], 'base64url')).kid,
    JSON.parse(Buffer.from(string.split('.')[0], 'base64url')).kid,
  );
  (await call(next)).expect(200, 429);
  (await call(string)).expect(200, 429);
});

test('refuses_strings_of_a_leaked_key_and_signs_their_tokens_anew', async () => {
  const kidOf = (string) => JSON.parse(Buffer.from(string.split('.')[0], 'base64url')).kid;
  const { id, path } = await approvedToken();
  const leaked = await reveal(path);
  (await call(leaked)).expect(200, 429);
  const said = await server.command(['rotate-keys', '--revoke', kidOf(leaked)]);
  assert.match(said, /^\d+ jetons/);
  await waitFor('the refusal', async () => {
    const { status, body } = await call(leaked);
    return status === 401 && body.errors[0].code === '00101';
  });
  const { keys } = (await server.client().get('/.well-known/jwks.json')).body;
  assert.ok(keys.every(({ kid }) => kid !== kidOf(leaked)));
  const string = await reveal(path);
  assert.ok(keys.some(({ kid }) => kid === kidOf(string)));
  (await call(string)).expect(200, 429);
  assert.equal((await read(path)).rotation, null);
  const mail = await server.mailbox.take({ to: people.applicant.email, subject: /à remplacer/ });
  assert.equal(new URL(String(mail.url)).pathname.startsWith('/jetons/'), true);
  assert.ok((await server.command(['rotate-keys', '--revoke', kidOf(leaked)])).startsWith('0 '));
  const next = keys.find(({ kid }) => kid !== kidOf(string)).kid;
  await server.command(['rotate-keys', '--revoke', next]);
  (await call(string)).expect(200, 429);
  const unknown = await runProgram(['rotate-keys', '--revoke', id], { env: server.env });
  assert.equal(unknown.code, 1);
});
