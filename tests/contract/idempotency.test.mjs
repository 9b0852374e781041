// Idempotency-Key on every route that honours one: the same request twice is one act with one answer, and
// another body under the same key is refused. A route without a row in the table below is a failure.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createAccount, logInAs } from '../support/accounts.mjs';
import {
  answers,
  cast,
  createRequest,
  decide,
  draftRequest,
  saveRequest,
  submitRequest,
} from '../support/requests.mjs';
import { PROGRAM, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const DINUM = { siret: SIRETS.DINUM, domain: 'dinum.example' };
const PRODUCT = 'api-entreprise';
const EVENT = 'request.created';

let server;
let domain;
/** Who acts, by name; each with a client that is logged in. */
let people;

before(async () => {
  server = await startServer({ env: { GUICHET_WEBHOOK_LOOPBACK: 'on' } });
  const { applicant, instructor, domain: own } = await cast(server);
  domain = own;
  people = {
    applicant,
    instructor,
    colleague: await logInAs(server, { domain }),
    manager: await logInAs(server, { ...DINUM, role: `manager:${PRODUCT}` }),
    support: await logInAs(server, { ...DINUM, role: 'support' }),
    admin: await logInAs(server, { ...DINUM, role: 'admin' }),
  };
});
after(() => server.stop());

// --- what there is to act on, new for each route

const sql = (text) => server.database.sql(text);
const draft = async () => (await draftRequest(people.applicant.client, { domain })).id;
const submitted = async () => (await submitRequest(people.applicant.client, { domain })).id;

async function decided(outcome, members) {
  const id = await submitted();
  (await decide(people.instructor.client, id, outcome, members)).expect(201);
  return id;
}

async function token() {
  const id = await decided('approve');
  return (await people.applicant.client.get(`/v1/requests/${id}`)).expect(200).body.token_id;
}

async function expiringToken() {
  const id = await token();
  await sql(`update token set expires_at = now() + interval '30 days' where id = '${id}'`);
  return id;
}

async function membership(state) {
  const { email } = await createAccount(server, { domain });
  const [id] = await sql(
    `update membership set state = '${state}' where account_id =
       (select id from account where email = '${email}') returning id`,
  );
  return id;
}

const client = (name) => ({ name, siret: SIRETS.CLAMART, scopes: ['requests:read'] });
const webhook = (path) => ({
  product: PRODUCT,
  siret: SIRETS.CLAMART,
  url: `http://127.0.0.1:9/${path}`,
  events: [EVENT],
});

const made = async (path, body) => (await people.applicant.client.post(path, body)).expect(201);
const someClient = async () => (await made('/v1/clients', client('Paie'))).body.client.id;
const someWebhook = async () => (await made('/v1/webhooks', webhook('some'))).body.webhook.id;

async function attempt() {
  const id = await someWebhook();
  const [event] = await sql(
    `insert into webhook_event (event, product, siret, is_private, body, dispatched)
       values ('${EVENT}', '${PRODUCT}', '${SIRETS.CLAMART}', false, '{}', true) returning id`,
  );
  const [found] = await sql(
    `insert into webhook_attempt (webhook_id, event_id, state, due_at)
       values ('${id}', '${event}', 'failed', null) returning id`,
  );
  return { id, attempt_id: found };
}

/** A multipart body whose bytes are the same each time. */
function file(content) {
  const part = (headers, text) => `--limit\r\n${headers}\r\n\r\n${text}\r\n`;
  return Buffer.from(
    part('Content-Disposition: form-data; name="kind"', 'legal_basis') +
      part('Content-Disposition: form-data; name="file"; filename="acte.pdf"', content) +
      '--limit--\r\n',
  );
}
const MULTIPART = { 'content-type': 'multipart/form-data; boundary=limit' };
const PDF = '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n';
const KEPT = {
  still_in_charge: true,
  purpose_unchanged: true,
  contacts_unchanged: true,
};

/** Whose act leaves no audit entry: what it adds is counted in its table instead. */
const COUNTED = { 'POST /v1/saved-filters': 'saved_filter' };

/**
 * One row a route: who acts, the status, the members of the path (a string is `id`), the body and another one
 * that would do as well. A route without members in its body takes no body or an empty object.
 * @type {Record<string, {who: string, status: number, path?: () => Promise<object | string>,
 *   body?: unknown, other?: unknown, headers?: Record<string, string>}>}
 */
const ROUTES = {
  'POST /v1/staff': {
    who: 'admin',
    status: 201,
    path: async () => ({}),
    body: async () => ({ email: (await createAccount(server, { domain })).email, role: 'support' }),
    other: async () => ({ email: people.colleague.email, role: 'support' }),
  },
  'POST /v1/organisations/{siret}/members': {
    who: 'colleague',
    status: 201,
    path: async () => ({ siret: SIRETS.PARIS }),
  },
  'POST /v1/organisations/{siret}/trusted-domains': {
    who: 'support',
    status: 201,
    path: async () => ({ siret: SIRETS.CLAMART }),
    body: { domain: 'clamart.example' },
    other: { domain: 'autre.example' },
  },
  'POST /v1/memberships/{id}/report': {
    who: 'applicant',
    status: 204,
    path: () => membership('active'),
    body: { comment: 'Qui est-ce ?' },
    other: { comment: 'Inconnu.' },
  },
  'POST /v1/memberships/{id}/resolution': {
    who: 'support',
    status: 200,
    path: () => membership('suspended'),
    body: { outcome: 'accept' },
    other: { outcome: 'accept_as_external' },
  },
  'POST /v1/clients': {
    who: 'applicant',
    status: 201,
    body: client('Premier'),
    other: client('Second'),
  },
  'POST /v1/clients/{id}/secrets': { who: 'applicant', status: 201, path: someClient },
  'POST /v1/webhooks': {
    who: 'applicant',
    status: 201,
    body: webhook('one'),
    other: webhook('other'),
  },
  'POST /v1/webhooks/{id}/secrets': { who: 'applicant', status: 201, path: someWebhook },
  'POST /v1/webhooks/{id}/attempts/{attempt_id}/replay': {
    who: 'applicant',
    status: 202,
    path: attempt,
  },
  'POST /v1/requests/{id}/attachments': {
    who: 'applicant',
    status: 201,
    path: draft,
    headers: MULTIPART,
    body: file(PDF),
    other: file(`${PDF}% autre\n`),
  },
  'POST /v1/products/{product}/templates': {
    who: 'manager',
    status: 201,
    path: async () => ({ product: PRODUCT }),
    body: { outcome: 'refuse', name: 'Texte', body: 'Le texte cité est trop général.' },
    other: { outcome: 'refuse', name: 'Autre', body: 'Le texte cité est trop général.' },
  },
  'POST /v1/saved-filters': {
    who: 'instructor',
    status: 201,
    body: { name: 'À moi', query: { assignee: 'me' } },
    other: { name: 'À tous', query: {} },
  },
  'POST /v1/requests': {
    who: 'applicant',
    status: 201,
    body: { product: PRODUCT, use_case: 'demande-libre', siret: SIRETS.CLAMART },
    other: { product: PRODUCT, use_case: 'marches-publics', siret: SIRETS.CLAMART },
  },
  'POST /v1/requests/{id}/submission': { who: 'applicant', status: 200, path: draft },
  'POST /v1/requests/{id}/decisions': {
    who: 'instructor',
    status: 201,
    path: submitted,
    body: { outcome: 'refuse', reason: 'Motif' },
    other: { outcome: 'refuse', reason: 'Autre motif' },
  },
  'POST /v1/requests/{id}/messages': {
    who: 'applicant',
    status: 201,
    path: submitted,
    body: { body: 'Bonjour' },
    other: { body: 'Bonsoir' },
  },
  'POST /v1/requests/{id}/notes': {
    who: 'instructor',
    status: 201,
    path: submitted,
    body: { body: 'À vérifier' },
    other: { body: 'Vérifié' },
  },
  'POST /v1/requests/{id}/transfer': {
    who: 'applicant',
    status: 200,
    path: draft,
    body: async () => ({ email: people.colleague.email }),
    other: async () => ({ email: (await createAccount(server, { domain })).email }),
  },
  'POST /v1/requests/{id}/archival': { who: 'applicant', status: 200, path: draft },
  'POST /v1/requests/{id}/reopening': {
    who: 'applicant',
    status: 200,
    path: () => decided('approve'),
  },
  'POST /v1/requests/{id}/copy': {
    who: 'applicant',
    status: 201,
    path: () => decided('refuse', { reason: 'Motif' }),
  },
  'POST /v1/tokens/{id}/prolongation': {
    who: 'applicant',
    status: 200,
    path: expiringToken,
    body: KEPT,
    other: { ...KEPT, purpose_unchanged: false },
  },
  'POST /v1/tokens/{id}/rotation': {
    who: 'applicant',
    status: 200,
    path: token,
    body: { overlap_days: 1 },
    other: { overlap_days: 2 },
  },
  'POST /v1/tokens/{id}/revocation': {
    who: 'applicant',
    status: 200,
    path: token,
    body: { reason: 'Jeton publié par erreur' },
    other: { reason: 'Fin du projet' },
  },
  'POST /v1/tokens/{id}/shares': {
    who: 'applicant',
    status: 201,
    path: token,
    body: { email: 'tiers@editeur.example' },
    other: { email: 'autre@editeur.example' },
  },
};

const HONOURED = execFileSync(PROGRAM, ['print-routes'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .filter(({ idempotent_key: honours }) => honours)
  .map(({ method, path }) => `${method} ${path}`);

test('every_route_that_honours_a_key_is_tested', () => {
  assert.ok(HONOURED.length > 20);
  assert.deepEqual(Object.keys(ROUTES).sort(), [...HONOURED].sort());
});

async function countActs(route) {
  const table = COUNTED[route];
  const [count] = await sql(
    table
      ? `select count(*) from ${table}`
      : "select count(*) from audit where actor_kind = 'account'",
  );
  return Number(count);
}

const given = async (value) => (typeof value === 'function' ? value() : value);

async function prepare(route) {
  const { path = async () => ({}), body, other = {}, headers } = ROUTES[route];
  const members = await path();
  const named = typeof members === 'string' ? { id: members } : members;
  const [method, template] = route.split(' ');
  return {
    method,
    path: template.replace(/\{(\w+)\}/g, (_, name) => named[name]),
    body: await given(body),
    other: await given(other),
    options: { idempotencyKey: randomUUID(), headers },
  };
}

const keptOf = ({ status, body, headers }) => ({
  status,
  body,
  etag: headers.etag,
  location: headers.location,
  cache: headers['cache-control'],
});

for (const route of HONOURED) {
  test(`${route} happens once for one key`, async () => {
    const { who, status } = ROUTES[route];
    const { method, path, body, other, options } = await prepare(route);
    const { client: sender } = people[who];
    const before = await countActs(route);
    const first = (await sender.request(method, path, body, options)).expect(status);
    const acted = await countActs(route);
    assert.equal(acted, before + 1, 'one act');
    const second = (await sender.request(method, path, body, options)).expect(status);
    assert.deepEqual(keptOf(second), keptOf(first));
    const mismatch = (await sender.request(method, path, other, options)).expect(422);
    assert.equal(mismatch.body.type, '/problems/idempotency-mismatch');
    assert.equal(await countActs(route), acted, 'no second act');
  });
}

test('a_refusal_leaves_the_key_free', async () => {
  const { client: applicant } = people.applicant;
  const { id } = (await createRequest(applicant)).body;
  const options = { idempotencyKey: randomUUID() };
  const submit = () => applicant.post(`/v1/requests/${id}/submission`, undefined, options);
  (await submit()).expect(422);
  await saveRequest(applicant, id, { ...answers({ domain }), scopes: ['chiffre_affaires_dgfip'] });
  assert.equal((await submit()).expect(200).body.state, 'submitted');
});
