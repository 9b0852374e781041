// The life of a token in the hands of a program: what `tokens:write` opens, what stays with people,
// and that it stays known which program it was.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { approvedToken, cast } from '../support/requests.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const ENDPOINT = `/gateway/api-entreprise/v3/dgfip/etablissements/13002526500013/chiffres_affaires?${ASKED}`;
const SAME = { still_in_charge: true, purpose_unchanged: true, contacts_unchanged: true };
const WRITE = { siret: SIRETS.CLAMART, scopes: ['tokens:read', 'tokens:write'] };

let server;
let people;
let script;

before(async () => {
  server = await startServer();
  people = await cast(server);
  script = await program(people.applicant, WRITE);
});
after(() => server.stop());

/** A program of this person: `send(method, path, body, options)` goes with its access token. */
async function program(person, members) {
  const made = { name: 'Exploitation', ...members };
  const { body } = (await person.client.post('/v1/clients', made)).expect(201);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: body.client.id,
    client_secret: body.client_secret,
  });
  const granted = (await server.client().post('/v1/oauth/token', form)).expect(200).body;
  const send = (method, path, content, options) =>
    server.client().request(method, path, content, { bearer: granted.access_token, ...options });
  return { id: body.client.id, send };
}

const call = (string) => server.client().get(ENDPOINT, { bearer: string });
const acts = async (id) =>
  (
    await server.database.rows(
      `select actor_kind, action, detail ->> 'client_id' as client_id from audit
       where subject_id = '${id}' and actor_kind = 'client' order by id`,
    )
  ).map(({ action, client_id: clientId }) => [action, clientId]);

test('rotates_and_gets_the_new_string_in_the_answer_only', async () => {
  const { id, path } = await approvedToken(people);
  const former = (await people.applicant.client.post(`${path}/reveal`)).expect(200).body.token;
  (await call(former)).expect(200, 429);
  const answer = (await script.send('POST', `${path}/rotation`, { overlap_days: 7 })).expect(200);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const string = answer.body.token;
  assert.notEqual(string, former);
  await waitFor('the new string', async () => [200, 429].includes((await call(string)).status));
  (await call(former)).expect(200, 429);
  const shown = (await script.send('GET', path)).expect(200);
  assert.doesNotMatch(JSON.stringify(shown.body), new RegExp(string));
  const reveals = await server.database.rows(
    `select how, client_id from token_reveal where token_id = '${id}' order by id`,
  );
  assert.deepEqual(reveals, [
    { how: 'reveal', client_id: null },
    { how: 'rotation', client_id: script.id },
  ]);
  assert.deepEqual(await acts(id), [['token.rotate', script.id]]);
});

test('repeats_a_lost_rotation_without_a_third_string', async () => {
  const { path } = await approvedToken(people);
  const rotate = (key, days = 30) =>
    script.send('POST', `${path}/rotation`, { overlap_days: days }, { idempotencyKey: key });
  const first = (await rotate('nuit-1')).expect(200).body;
  assert.deepEqual((await rotate('nuit-1')).expect(200).body, first);
  (await rotate('nuit-1', 0)).expect(422);
  assert.notEqual((await rotate('nuit-2')).expect(200).body.token, first.token);
});

test('sets_addresses_and_alerts', async () => {
  const { id, path } = await approvedToken(people);
  const { etag } = (await script.send('GET', path)).expect(200);
  const allowed = ['192.0.2.0/24', '2001:db8::1'];
  const set = (options) => script.send('PATCH', path, { allowed_ips: allowed }, options);
  (await set()).expect(428);
  assert.deepEqual((await set({ etag })).expect(200).body.allowed_ips, allowed);
  (await set({ etag })).expect(412);
  const alerts = [{ kind: 'error_rate', threshold: 20, window_minutes: 10 }];
  (await script.send('PUT', `${path}/alerts`, { alerts })).expect(200);
  assert.deepEqual(await acts(id), [
    ['token.set_addresses', script.id],
    ['token.set_alerts', script.id],
  ]);
});

test('prolongs_shares_cancels_the_link_and_revokes', async () => {
  const { id, path } = await approvedToken(people);
  const early = await script.send('POST', `${path}/prolongation`, SAME);
  early.expect(409);
  await server.database.sql(
    `update token set expires_at = now() + interval '30 days' where id = '${id}'`,
  );
  const longer = (await script.send('POST', `${path}/prolongation`, SAME)).expect(200).body;
  assert.equal(longer.outcome, 'prolonged');
  const email = 'infogerance@editeur.example';
  const share = (await script.send('POST', `${path}/shares`, { email })).expect(201).body;
  (await script.send('DELETE', `${path}/shares/${share.id}`)).expect(204);
  const listed = (await script.send('GET', `${path}/shares`)).expect(200).body.items;
  assert.deepEqual(
    listed.map(({ id: one, state }) => [one, state]),
    [[share.id, 'cancelled']],
  );
  const reason = 'Serveur décommissionné';
  const at = new Date(Date.now() + 3_600_000).toISOString();
  (await script.send('POST', `${path}/revocation`, { reason, at })).expect(200);
  (await script.send('DELETE', `${path}/revocation`)).expect(204);
  const revoked = (await script.send('POST', `${path}/revocation`, { reason })).expect(200).body;
  assert.equal(revoked.state, 'revoked');
  assert.deepEqual(await acts(id), [
    ['token.prolong', script.id],
    ['token.share', script.id],
    ['token.cancel_share', script.id],
    ['token.revoke', script.id],
    ['token.withdraw_revocation', script.id],
    ['token.revoke', script.id],
  ]);
});

test('never_shows_a_program_the_string_in_use', async () => {
  const { path } = await approvedToken(people);
  const { body } = (await script.send('POST', `${path}/reveal`)).expect(403);
  assert.match(body.detail, /n’est pas ouverte aux programmes/);
});

test('requires_the_scope_for_each_act', async () => {
  const { id, path } = await approvedToken(people);
  const reader = await program(people.applicant, { ...WRITE, scopes: ['tokens:read'] });
  const { etag } = (await reader.send('GET', path)).expect(200);
  for (const [method, below, body, options] of [
    ['PATCH', '', { allowed_ips: [] }, { etag }],
    ['POST', '/rotation', { overlap_days: 1 }],
    ['POST', '/prolongation', SAME],
    ['POST', '/revocation', { reason: 'Essai' }],
    ['DELETE', '/revocation'],
    ['POST', '/shares', { email: 'tiers@editeur.example' }],
    ['DELETE', `/shares/${id}`],
    ['PUT', '/alerts', { alerts: [] }],
  ]) {
    const answer = await reader.send(method, path + below, body, options);
    assert.match(answer.expect(403).body.detail, /« tokens:write » manque/, method + below);
  }
  const writer = await program(people.applicant, { ...WRITE, scopes: ['tokens:write'] });
  assert.match((await writer.send('GET', path)).expect(403).body.detail, /« tokens:read »/);
});

test('is_limited_to_its_account_and_its_organisation', async () => {
  const { path } = await approvedToken(people);
  const rotation = { overlap_days: 0 };
  const colleague = await logInAs(server, { siret: SIRETS.CLAMART, domain: people.domain });
  const theirs = await program(colleague, WRITE);
  (await theirs.send('POST', `${path}/rotation`, rotation)).expect(403);
  const elsewhere = await logInAs(server, { siret: SIRETS.LILLE });
  const stranger = await program(elsewhere, { ...WRITE, siret: SIRETS.LILLE });
  (await stranger.send('POST', `${path}/rotation`, rotation)).expect(404);
  const { instructor } = people;
  const product = { product: 'api-entreprise', scopes: WRITE.scopes };
  const staff = await program(instructor, product);
  (await staff.send('POST', `${path}/rotation`, rotation)).expect(403);
  const reason = 'Usage hors du cadre de la demande';
  (await staff.send('POST', `${path}/revocation`, { reason })).expect(200);
});

test('reads_templates_and_keeps_filters_for_an_instructor', async () => {
  const manager = await logInAs(server, { siret: SIRETS.LYON, role: 'manager:api-entreprise' });
  const scopes = ['requests:read', 'requests:write'];
  const robot = await program(manager, { product: 'api-entreprise', scopes });
  const templates = '/v1/products/api-entreprise/templates';
  const text = { outcome: 'refuse', name: `Modèle ${robot.id}`, body: 'Il manque un acte.' };
  const made = (await robot.send('POST', templates, text)).expect(201);
  const one = `${templates}/${made.body.id}`;
  const changed = { body: 'Il manque l’acte.' };
  (await robot.send('PATCH', one, changed, { etag: made.etag })).expect(200);
  const { items } = (await robot.send('GET', `${templates}?limit=100`)).expect(200).body;
  assert.equal(items.find(({ id }) => id === made.body.id).body, changed.body);
  (await robot.send('DELETE', one)).expect(204);
  (await robot.send('GET', '/v1/products/api-particulier/templates')).expect(403);
  const filter = { name: 'Les miennes', query: { assignee: 'me' } };
  const saved = (await robot.send('POST', '/v1/saved-filters', filter)).expect(201).body;
  const filters = (await robot.send('GET', '/v1/saved-filters')).expect(200).body.items;
  assert.deepEqual(
    filters.map(({ id }) => id),
    [saved.id],
  );
  (await robot.send('DELETE', `/v1/saved-filters/${saved.id}`)).expect(204);
});
