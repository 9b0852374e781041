// Every endpoint of every product through the gateway: the sample of each kind of identifier, in the
// shape that users' programs know, and each documented case.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { identifierKinds, identifiersOf } from '../support/identifiers.mjs';
import { render } from '../support/sandbox.mjs';
import { startServer } from '../support/server.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';

const LEAST_LIMIT = 5;
const FOLDER = new URL('../../api/products/', import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'));
const ajv = addFormats(
  new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false }),
);

let server;
let issuer;

before(async () => {
  server = await startServer();
  issuer = await new Issuer(server).start();
});
after(() => server?.stop());

/** Calls with a token that is changed before it meets the smallest limit of all, five a minute. */
function freshCaller(options) {
  let left = 0;
  let token;
  return async (path) => {
    if (left === 0) {
      token = await issuer.issue(options);
      left = LEAST_LIMIT;
    }
    left--;
    return token.get(path);
  };
}

/** The same answer, saying in its meta, or in that of each error, that its data are invented. */
function marked(answer) {
  const mark = (object) => ({ ...object, meta: { ...object.meta, sandbox: true } });
  return answer.errors ? { ...answer, errors: answer.errors.map(mark) } : mark(answer);
}

/** The path of a call below the product, with its query. */
function address({ path, path_parameters: parameters, query_parameters: own }, params) {
  const value = ({ name, type }) =>
    params[name] ?? params[type.split('_or_').find((kind) => kind in params)];
  const filled = parameters.reduce(
    (text, parameter) => text.replace(`{${parameter.name}}`, value(parameter)),
    path,
  );
  const query = own.filter(({ name }) => name in params).map(({ name }) => [name, params[name]]);
  return `${filled.slice(1)}?${ASKED}&${new URLSearchParams(query)}`;
}

for (const product of readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)) {
  const catalogue = read(`${product}/endpoints.json`);
  const common = read(`${product}/sandbox/common.json`).cases;
  const scopes = [
    ...read(`${product}/product.json`).scopes.map(({ id }) => id),
    ...catalogue.legacy_scopes,
  ];
  ajv.addSchema({ ...read(`${product}/shapes.json`), $id: product });

  for (const endpoint of catalogue.endpoints) {
    const file = read(`${product}/sandbox/${endpoint.id}.json`);
    const provider = catalogue.providers.find(({ id }) => id === endpoint.provider);
    const isInShape = ajv.getSchema(`${product}#/$defs/${endpoint.id}`);
    // What is slow is so everywhere alike: one endpoint shows it.
    const patient = endpoint === catalogue.endpoints[0];
    const sample = file.cases.at(-1);
    const gateway = (payload) =>
      JSON.parse(
        JSON.stringify(payload).replaceAll(
          'https://guichet.example/gateway/product',
          `${server.url}/gateway/${product}`,
        ),
      );

    test(`answers_at_${product}${endpoint.path}`, async () => {
      const ask = freshCaller({ product, scopes });
      for (const call of identifiersOf(endpoint)) {
        const { body, headers } = (await ask(address(endpoint, call))).expect(200);
        assert.equal(headers['x-guichet-sandbox'], 'true');
        const expected = gateway(render(sample.payload, endpoint, file, call, provider));
        assert.deepEqual(body, marked(expected));
        assert.ok(isInShape(expected), ajv.errorsText(isInShape.errors));
      }
      const kinds = identifierKinds(endpoint);
      const [call] = identifiersOf(endpoint);
      const cases = [...common, ...file.cases.slice(0, -1)].filter(
        ({ params, delay_ms: delay = 0 }) =>
          Object.keys(params).every((key) => kinds.includes(key)) && (patient || delay === 0),
      );
      for (const { params, status, payload } of cases) {
        const asked = { ...params, ...withoutKindsOf(endpoint, call, params) };
        const { body, headers } = (await ask(address(endpoint, asked))).expect(status);
        const expected = payload === 'default' ? sample.payload : payload;
        assert.equal(headers['x-guichet-sandbox'], 'true');
        assert.deepEqual(body, marked(gateway(render(expected, endpoint, file, asked, provider))));
      }
    });
  }
}

/** What a case leaves open, as in an ordinary call: nothing for an identifier that it names. */
function withoutKindsOf({ path_parameters: parameters }, call, params) {
  const named = parameters.flatMap(({ name, type }) => {
    const kinds = [name, ...type.split('_or_')];
    return kinds.some((kind) => kind in params) ? kinds : [];
  });
  return Object.fromEntries(
    Object.entries(call).filter(([key]) => !named.includes(key) && !(key in params)),
  );
}

test('says_nothing_of_the_sandbox_where_the_gateway_itself_answers', async () => {
  const token = await issuer.issue();
  const refused = (await token.get(`v4/insee/sirene/unites_legales/130025265?${ASKED}`)).expect(
    403,
  );
  const listed = (await token.get('privileges')).expect(200);
  for (const { body, headers } of [refused, listed]) {
    assert.equal(headers['x-guichet-sandbox'], undefined);
    assert.doesNotMatch(JSON.stringify(body), /sandbox/);
  }
});
