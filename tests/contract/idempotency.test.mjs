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
import { plantProducts } from '../support/products.mjs';
import { accessTokenOf, createProgram } from '../support/programs.mjs';
import { PROGRAM, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const DINUM = { siret: SIRETS.DINUM, domain: 'dinum.example' };
const PRODUCT = 'api-entreprise';
const EVENT = 'request.created';

let products;
let server;
let domain;
/** Who acts, by name; each with a client that is logged in. */
let people;

before(async () => {
  products = await plantProducts({
    [PRODUCT]: (product) => ({ ...product, four_eyes: true }),
  });
  server = await startServer({ env: { ...products.env, GUICHET_WEBHOOK_LOOPBACK: 'on' } });
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
after(async () => {
  await server?.stop();
  await products?.remove();
});

// --- what there is to act on, new for each route

const sql = (text) => server.database.sql(text);
const draft = async () => (await draftRequest(people.applicant.client, { domain })).id;
const submitted = async () => (await submitRequest(people.applicant.client, { domain })).id;

async function decided(outcome, members) {
  const id = await submitted();
  (await decide(people.instructor.client, id, outcome, members)).expect(201);
  return id;
}

/** An approval of a sensitive scope that the first of two instructors proposed. */
async function proposed() {
  const scope = 'bilans_bdf';
  const asked = { scopes: [scope], patch: { scope_justifications: { [scope]: 'Solidité.' } } };
  const { id } = await submitRequest(people.applicant.client, { domain, ...asked });
  (await decide(people.instructor.client, id, 'approve')).expect(202);
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

const client = (n) => ({ name: `Paie ${n}`, siret: SIRETS.CLAMART, scopes: ['requests:read'] });
const webhook = (n) => ({
  product: PRODUCT,
  siret: SIRETS.CLAMART,
  url: `http://127.0.0.1:9/${n}`,
  events: [EVENT],
});

const made = async (path, body) => (await people.applicant.client.post(path, body)).expect(201);
const someClient = async () => (await made('/v1/clients', client(0))).body.client.id;

/** One for which the colleague is asked to answer. */
async function askedClient() {
  const id = await someClient();
  await made(`/v1/clients/${id}/responsible-persons`, { email: people.colleague.email });
  return id;
}

/** One for which nobody answers any more. */
async function stoppedClient() {
  const id = await someClient();
  await sql(`delete from client_person where client_id = '${id}'`);
  return id;
}

const someWebhook = async () => (await made('/v1/webhooks', webhook(0))).body.webhook.id;

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

const PDF = '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n';
const MULTIPART = { 'content-type': 'multipart/form-data; boundary=limit' };

/** A multipart body whose bytes are the same each time. */
function file(n) {
  const part = (headers, text) => `--limit\r\n${headers}\r\n\r\n${text}\r\n`;
  return Buffer.from(
    part('Content-Disposition: form-data; name="kind"', 'legal_basis') +
      part('Content-Disposition: form-data; name="file"; filename="acte.pdf"', `${PDF}% ${n}\n`) +
      '--limit--\r\n',
  );
}

/** Its act leaves no audit entry: the rows of its table are counted instead. */
const COUNTED = { 'POST /v1/saved-filters': 'saved_filter' };

/** One for each test that joins. */
const TO_JOIN = [SIRETS.PARIS, SIRETS.LYON];

const another = async () => (await createAccount(server, { domain })).email;
const reasons = (n) => ({ reason: `Motif ${n}` });
const messages = (n) => ({ body: `Message ${n}` });

/**
 * One row per route: who acts, the status, what the path names (a string is `{id}`), and the bodies: `body(0)` is
 * sent twice, then `body(1)` under the same key. A route without a body takes none or an empty object.
 * `outlives` names the losses after which the answer may still be shown: it shows nothing, or is one's own.
 * @type {Record<string, {who?: string, status?: number, on?: () => Promise<object | string>,
 *   body?: (n: number) => unknown, headers?: Record<string, string>, isSecret?: boolean, looksAgain?: boolean,
 *   outlives?: string[]}>}
 */
const ROUTES = {
  'POST /v1/staff': {
    who: 'admin',
    body: async () => ({ email: await another(), role: 'support' }),
  },
  'POST /v1/organisations/{siret}/members': {
    who: 'colleague',
    on: async () => ({ siret: TO_JOIN.pop() }),
  },
  'POST /v1/organisations/{siret}/trusted-domains': {
    who: 'support',
    on: async () => ({ siret: SIRETS.CLAMART }),
    body: () => ({ domain: `${randomUUID()}.example` }),
  },
  'POST /v1/memberships/{id}/report': {
    status: 204,
    outlives: ['membership'],
    on: () => membership('active'),
    body: (n) => ({ comment: `Inconnu ${n}` }),
  },
  'POST /v1/memberships/{id}/resolution': {
    who: 'support',
    status: 200,
    on: () => membership('suspended'),
    headers: { 'If-Match': '"1"' },
    body: (n) => ({ outcome: ['accept', 'accept_as_external'][n] }),
  },
  'POST /v1/memberships/{id}/ending': {
    who: 'support',
    status: 200,
    on: () => membership('active'),
    body: reasons,
  },
  'POST /v1/clients': { isSecret: true, body: client },
  'POST /v1/clients/{id}/secrets': { isSecret: true, on: someClient },
  'POST /v1/clients/{id}/responsible-persons': {
    on: someClient,
    body: async () => ({ email: await another() }),
  },
  'POST /v1/clients/{id}/responsible-persons/acceptance': {
    who: 'colleague',
    status: 200,
    on: askedClient,
  },
  'POST /v1/clients/{id}/takeover': {
    who: 'colleague',
    status: 200,
    on: stoppedClient,
    body: (n) => ({ keep_secrets: n === 0 }),
  },
  'POST /v1/webhooks': { isSecret: true, body: webhook },
  'POST /v1/webhooks/{id}/secrets': { isSecret: true, on: someWebhook },
  'POST /v1/webhooks/{id}/attempts/{attempt_id}/replay': {
    status: 202,
    on: attempt,
    outlives: ['membership'],
  },
  'POST /v1/products/{product}/templates': {
    who: 'manager',
    on: async () => ({ product: PRODUCT }),
    body: () => ({ outcome: 'refuse', name: randomUUID(), body: 'Le texte est trop général.' }),
  },
  'POST /v1/exports': {
    who: 'instructor',
    status: 202,
    body: (n) => ({ kind: 'requests', filters: { q: `filtre ${n}` } }),
  },
  'POST /v1/saved-filters': { who: 'instructor', body: () => ({ name: randomUUID(), query: {} }) },
  'POST /v1/requests': {
    body: (n) => ({
      product: PRODUCT,
      use_case: ['demande-libre', 'marches-publics'][n],
      siret: SIRETS.CLAMART,
    }),
  },
  'POST /v1/requests/{id}/attachments': { on: draft, headers: MULTIPART, body: file },
  'POST /v1/requests/{id}/submission': { status: 200, on: draft },
  'POST /v1/requests/{id}/decisions': {
    who: 'instructor',
    on: submitted,
    headers: { 'If-Match': '"3"' },
    body: (n) => ({ outcome: 'refuse', ...reasons(n) }),
  },
  'POST /v1/requests/{id}/proposal/confirmation': {
    who: 'manager',
    on: proposed,
    headers: { 'If-Match': '"5"' },
  },
  'POST /v1/requests/{id}/messages': { on: submitted, body: messages },
  'POST /v1/requests/{id}/notes': { who: 'instructor', on: submitted, body: messages },
  'POST /v1/requests/{id}/transfer': {
    status: 200,
    on: draft,
    body: async () => ({ email: await another() }),
  },
  'POST /v1/requests/{id}/takeover': { who: 'colleague', status: 200, on: submitted },
  'POST /v1/requests/{id}/archival': { status: 200, on: draft },
  'POST /v1/requests/{id}/reopening': { status: 200, on: () => decided('approve') },
  'POST /v1/requests/{id}/copy': { on: () => decided('refuse', reasons(0)) },
  'POST /v1/tokens/{id}/prolongation': {
    status: 200,
    on: expiringToken,
    body: (n) => ({ still_in_charge: true, purpose_unchanged: n === 0, contacts_unchanged: true }),
  },
  'POST /v1/tokens/{id}/rotation': {
    status: 200,
    on: token,
    looksAgain: true,
    body: (n) => ({ overlap_days: 1 + n }),
  },
  'POST /v1/tokens/{id}/revocation': { status: 200, on: token, body: reasons },
  'POST /v1/tokens/{id}/shares': {
    on: token,
    body: (n) => ({ email: `tiers-${n}@editeur.example` }),
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

async function prepare(route) {
  const {
    on = async () => ({}),
    body = (n) => (n === 0 ? undefined : {}),
    headers,
  } = ROUTES[route];
  const found = await on();
  const members = typeof found === 'string' ? { id: found } : found;
  const [method, template] = route.split(' ');
  return {
    method,
    path: template.replace(/\{(\w+)\}/g, (_, name) => members[name]),
    body: await body(0),
    other: await body(1),
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

/** The same path with its identifiers in other letters: the same object. */
const inCapitals = (path) => path.replace(/[0-9a-f-]{36}/g, (id) => id.toUpperCase());

for (const route of HONOURED) {
  test(`${route} happens once for one key`, async () => {
    const { who = 'applicant', status = 201, isSecret = false, looksAgain = false } = ROUTES[route];
    const { method, path, body, other, options } = await prepare(route);
    const { client: sender } = people[who];
    const before = await countActs(route);
    const first = (await sender.request(method, path, body, options)).expect(status);
    const acted = await countActs(route);
    assert.equal(acted, before + 1, 'one act');
    const second = (await sender.request(method, inCapitals(path), body, options)).expect(
      isSecret ? 409 : status,
    );
    if (isSecret) assert.match(second.body.detail, /n’est pas montré deux fois/);
    else assert.deepEqual(keptOf(second), keptOf(first));
    const mismatch = (await sender.request(method, path, other, options)).expect(422);
    assert.equal(mismatch.body.type, '/problems/idempotency-mismatch');
    assert.equal(await countActs(route), acted + (looksAgain ? 1 : 0), 'no second act');
  });
}

/**
 * What ends a right, by name: for whom, and how; `end` gives the statement that brings it back.
 * @type {Record<string, {of: string[], end: (account: string) => Promise<string>}>}
 */
const LOSSES = {
  membership: {
    of: ['applicant', 'colleague'],
    end: async (account) => {
      const set = (state) =>
        `update membership set state = '${state}' where account_id = '${account}'`;
      await sql(set('refused'));
      return set('active');
    },
  },
  role: {
    of: ['instructor', 'manager', 'support', 'admin'],
    end: async (account) => {
      const of = `from staff_role s where s.account_id = '${account}'`;
      const [rows] = await sql(`select json_agg(s) ${of}`);
      await sql(`delete ${of}`);
      return `insert into staff_role select * from json_populate_recordset(null::staff_role, '${rows}')`;
    },
  },
  suspension: {
    of: ['applicant', 'colleague', 'instructor', 'manager', 'support', 'admin'],
    end: async (account) => {
      const set = (at, reason) =>
        `update account set suspended_at = ${at}, suspension_reason = ${reason} where id = '${account}'`;
      await sql(set('now()', "'Essai'"));
      return set('null', 'null');
    },
  },
};

for (const route of HONOURED) {
  const { who = 'applicant', status = 201, isSecret = false, outlives = [] } = ROUTES[route];
  test(`${route} shows its answer again only to who may read it`, async () => {
    const { method, path, body, options } = await prepare(route);
    const { client: sender, session } = people[who];
    const ask = () => sender.request(method, path, body, options);
    const first = (await ask()).expect(status);
    for (const [loss, { of, end }] of Object.entries(LOSSES)) {
      if (!of.includes(who)) continue;
      const acted = await countActs(route);
      const restore = await end(session.account.id);
      const cookies = new Map(sender.cookies); // a suspended person's are taken back
      const second = await ask().finally(() => sql(restore));
      sender.cookies = cookies;
      if (outlives.includes(loss)) {
        assert.deepEqual(keptOf(second), keptOf(first), loss);
      } else {
        second.expect(401, 403, 404, 409);
        assert.match(second.body.type, /^\/problems\//, loss);
        assert.equal(second.etag, undefined, loss);
        assert.equal(second.headers.location, undefined, loss);
      }
      assert.equal(await countActs(route), acted, `no second act: ${loss}`);
    }
    const again = (await ask()).expect(isSecret ? 409 : status);
    if (!isSecret) assert.deepEqual(keptOf(again), keptOf(first), 'the right came back');
  });
}

test('an_answer_about_what_is_gone_is_not_shown_again', async () => {
  const { client: applicant } = people.applicant;
  const body = { product: PRODUCT, use_case: 'demande-libre', siret: SIRETS.CLAMART };
  const options = { idempotencyKey: randomUUID() };
  const create = () => applicant.post('/v1/requests', body, options);
  const { id } = (await create()).expect(201).body;
  (await applicant.delete(`/v1/requests/${id}`)).expect(204);
  const second = (await create()).expect(409);
  assert.match(second.body.detail, /a bien eu lieu/);
});

test('a_program_whose_person_lost_the_right_is_shown_no_answer_again', async () => {
  const { session } = people.applicant;
  const made = await createProgram(people.applicant, {
    ...client(9),
    scopes: ['requests:write'],
  });
  const token = await accessTokenOf(server, made);
  const program = server.client({ headers: { authorization: `Bearer ${token}` } });
  const options = { idempotencyKey: randomUUID() };
  const body = { product: PRODUCT, use_case: 'demande-libre', siret: SIRETS.CLAMART };
  const create = () => program.post('/v1/requests', body, options);
  const first = (await create()).expect(201);
  assert.deepEqual((await create()).expect(201).body, first.body, 'a scope to write is enough');
  const restore = await LOSSES.membership.end(session.account.id);
  const second = await create().finally(() => sql(restore));
  second.expect(401, 409);
  assert.deepEqual((await create()).expect(201).body, first.body);
});

test('a_rotation_that_is_repeated_shows_the_string_to_who_still_may_and_records_it', async () => {
  const { client: applicant, session } = people.applicant;
  const id = await token();
  const options = { idempotencyKey: randomUUID() };
  const rotate = () => applicant.post(`/v1/tokens/${id}/rotation`, { overlap_days: 1 }, options);
  const looks = async () =>
    (await sql(`select how from token_reveal where token_id = '${id}' order by id`)).join(' ');
  const first = (await rotate()).expect(200).body;
  assert.deepEqual((await rotate()).expect(200).body, first);
  assert.equal(await looks(), 'rotation rotation');
  const leave = (state) =>
    sql(`update membership set state = '${state}' where account_id = '${session.account.id}'`);
  await leave('suspended');
  const refused = (await rotate()).expect(404);
  assert.doesNotMatch(JSON.stringify(refused.body), /eyJ/);
  assert.equal(await looks(), 'rotation rotation');
  await leave('active');
});

test('no_secret_is_kept_for_a_key', async () => {
  const kept = await sql(
    `select path from idempotency_key where body is not null and path ~ '^/v1/(clients|webhooks)(/[^/]+/secrets)?$'`,
  );
  assert.deepEqual(kept, []);
});

test('a_refusal_leaves_the_key_free', async () => {
  const { client: applicant } = people.applicant;
  const { id } = (await createRequest(applicant)).body;
  const options = { idempotencyKey: randomUUID() };
  const submit = () => applicant.post(`/v1/requests/${id}/submission`, undefined, options);
  (await submit()).expect(422);
  await saveRequest(applicant, id, { ...answers({ domain }), scopes: ['chiffre_affaires_dgfip'] });
  assert.equal((await submit()).expect(200).body.state, 'submitted');
});
