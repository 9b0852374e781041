// Every operation under generated input, by nobody, by a member, by an instructor and by an admin: the
// client compares each answer with the contract, and no answer may be a 5xx but a documented 503.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { createAccount, logInAs } from '../support/accounts.mjs';
import { arbitraryOf, bodyOf, hostile } from '../support/arbitrary.mjs';
import { operations, resolve } from '../support/openapi.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';

const RUNS = process.env.GUICHET_TEST_FULL === '1' ? 400 : 8;
// They end the session or the account of the one who calls.
const LAST = new Set(['DELETE /v1/session', 'DELETE /v1/account', 'DELETE /v1/account/sessions']);
const PERSONS = [
  { name: 'nobody' },
  { name: 'member', siret: SIRETS.CLAMART },
  { name: 'instructor', siret: SIRETS.DINUM, role: 'instructor:api-entreprise' },
  { name: 'admin', siret: SIRETS.INSEE, role: 'admin' },
];

let server;
const persons = [];
/** Identifiers of things that exist, by the name of the path parameter. */
const known = { siret: Object.values(SIRETS), product: ['api-entreprise'], id: [] };

before(async () => {
  server = await startServer();
  for (const { name, siret, role } of PERSONS) {
    if (name === 'nobody') persons.push({ name, client: server.client() });
    else persons.push({ name, ...(await logInAs(server, { siret, role })) });
  }
  const { client } = persons[1];
  const body = { product: 'api-entreprise', use_case: 'marches_publics', siret: SIRETS.CLAMART };
  const created = await client.post('/v1/requests', body);
  if (created.status === 201) known.id.push(created.body.id);
  known.id.push(persons[1].session.account.id);
  await createAccount(server, { siret: SIRETS.CLAMART });
});
after(async () => {
  for (const { client } of persons) client.close();
  await server.stop();
});

const parametersOf = ({ path, operation }) =>
  [
    ...(resolve(`/paths/${path.replace(/\//g, '~1')}`).node.parameters ?? []),
    ...(operation.parameters ?? []),
  ].map((given) => (given.$ref ? resolve(given.$ref.slice(1)).node : given));

function segmentOf({ name, schema }) {
  const fitting = name in known && known[name].length > 0 ? [fc.constantFrom(...known[name])] : [];
  return fc
    .oneof(
      ...fitting.map((arbitrary) => ({ weight: 6, arbitrary })),
      { weight: 3, arbitrary: arbitraryOf(schema) },
      { weight: 1, arbitrary: hostile },
    )
    .map((value) => encodeURIComponent(toText(value)).slice(0, 2000) || '-');
}

function toText(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.toWellFormed ? text.toWellFormed() : text;
}

/** One request to this operation: `{path, headers, body}`. */
function requestOf(entry) {
  const parameters = parametersOf(entry);
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const segments = fc.record(
    Object.fromEntries(inPath.map((each) => [each.name, segmentOf(each)])),
  );
  const query = fc.record(
    Object.fromEntries(
      inQuery.map(({ name, schema }) => [
        name,
        fc.oneof({ weight: 5, arbitrary: arbitraryOf(schema) }, hostile).map(toText),
      ]),
    ),
    { requiredKeys: inQuery.filter(({ required }) => required).map(({ name }) => name) },
  );
  const headers = fc.record(
    {
      'if-match': fc.constantFrom('"1"', '*', '"999"', 'x'),
      'idempotency-key': fc.constantFrom('a', 'clé', 'b'.repeat(300)),
      accept: fc.constantFrom('application/json', 'text/csv', '*/*', 'image/png'),
    },
    { requiredKeys: [] },
  );
  const content = entry.operation.requestBody && requestBodyOf(entry.operation.requestBody);
  return fc.record({ segments, query, headers, body: content ?? fc.constant(undefined) });
}

function requestBodyOf(given) {
  const { content } = given.$ref ? resolve(given.$ref.slice(1)).node : given;
  const [type, media] = Object.entries(content)[0];
  if (type === 'multipart/form-data') {
    return fc.constantFrom(multipart('legal_basis'), multipart('nothing'), '--x\r\nbroken');
  }
  const values = bodyOf(media.schema);
  return type.endsWith('json') ? values : values.map((body) => new URLSearchParams(flat(body)));
}

const flat = (body) => Object.entries(Object(body)).map(([name, value]) => [name, toText(value)]);

function multipart(kind) {
  const form = new FormData();
  form.set('kind', kind);
  form.set('file', new Blob(['%PDF-1.4\n%%EOF\n'], { type: 'application/pdf' }), 'texte.pdf');
  return form;
}

async function send(client, { method, path }, { segments, query, headers, body }) {
  const target = path.replace(/\{(\w+)\}/g, (_, name) => segments[name]);
  const search = new URLSearchParams(query).toString();
  const typed = Array.isArray(body) || Object(body) !== body ? JSON.stringify(body) : body;
  const extra = typeof typed === 'string' ? { 'content-type': 'application/json' } : {};
  const patch = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {};
  const options = { headers: { ...extra, ...patch, ...latin(headers) } };
  return client.request(method, search ? `${target}?${search}` : target, typed, options);
}

// Header values are bytes.
const latin = (headers) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace(/[^\x20-\xff]/g, '?')]),
  );

const entries = operations().sort(
  (a, b) => Number(LAST.has(`${a.method} ${a.path}`)) - Number(LAST.has(`${b.method} ${b.path}`)),
);

for (const entry of entries) {
  test(`${entry.method} ${entry.path} answers as documented, whatever comes`, async () => {
    await fc.assert(
      fc.asyncProperty(requestOf(entry), fc.nat(persons.length - 1), async (request, index) => {
        const answer = await send(persons[index].client, entry, request);
        assert.ok(answer.status < 500 || answer.status >= 502, `${answer.status}: ${answer.body}`);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 300_000 },
    );
  });
}
