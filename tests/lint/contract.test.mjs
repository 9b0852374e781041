// openapi.yaml is sound, and says what the program's route table says.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { DESCRIBED, contract, operations, resolve } from '../support/openapi.mjs';
import { PROGRAM } from '../support/server.mjs';
import { ROOT, files, read, none } from './house.mjs';

const routes = execFileSync(PROGRAM, ['print-routes'], { encoding: 'utf8' })
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line));

const key = ({ method, path }) => `${method} ${path.replace(/\.\.\.\}/g, '}')}`;
// Assets and screens are the frontend's; /dev exists in the embedded mode alone.
const described = ({ path }) => DESCRIBED.test(path);

test('redocly_reports_nothing', () => {
  const { stdout } = spawnSync(
    'node_modules/.bin/redocly',
    ['lint', '--format=json', 'openapi.yaml'],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, REDOCLY_TELEMETRY: 'off' } },
  );
  none(JSON.parse(stdout).problems);
});

test('every_route_is_in_the_contract', () => {
  const documented = new Set(operations().map(key));
  none(
    routes
      .filter(described)
      .map(key)
      .filter((name) => !documented.has(name)),
  );
});

test('every_operation_of_the_contract_has_its_route', () => {
  const known = new Set(routes.map(key));
  none(
    operations()
      .map(key)
      .filter((name) => !known.has(name)),
  );
});

/** Kind of body that an operation takes, in the words of the route table. */
function bodyOf({ requestBody }) {
  const content = requestBody?.content ?? {};
  const isForm = 'application/x-www-form-urlencoded' in content;
  if (content['multipart/form-data']) return isForm ? 'any_form' : 'multipart';
  if (isForm) return 'form';
  if (content['application/merge-patch+json']) return 'patch';
  const json = content['application/json'];
  if (!json) return 'none';
  if (requestBody.required) return 'json';
  return json.schema.$ref?.endsWith('/NoMembers') ? 'act' : 'optional';
}

/** An operation as a row of the route table. */
function rowOf(operation) {
  const parameters = (operation.parameters ?? []).map((parameter) =>
    parameter.$ref ? resolve(parameter.$ref.slice(1)).node : parameter,
  );
  const named = (place) => parameters.filter((one) => one.in === place).map(({ name }) => name);
  const scopes = operation.security.flatMap((way) => way.clientCredentials ?? []);
  return {
    access: operation['x-access'],
    body: bodyOf(operation),
    client_scope: scopes.join(' ') || null,
    query: named('query').sort().join(' '),
    idempotent_key: named('header').includes('Idempotency-Key'),
  };
}

test('deprecated_operations_are_those_of_the_route_table_and_document_what_they_send', () => {
  const going = (list) => list.map(key).sort();
  const told = operations().filter(({ operation }) => operation.deprecated);
  assert.deepEqual(going(told), going(routes.filter((route) => route.deprecated_since)));
  const undocumented = told.flatMap((entry) =>
    Object.entries(entry.operation.responses)
      .map(([status, answer]) => [
        status,
        answer.$ref ? resolve(answer.$ref.slice(1)).node : answer,
      ])
      .filter(([, answer]) =>
        ['Deprecation', 'Sunset', 'Link'].some((name) => !answer.headers?.[name]),
      )
      .map(([status]) => `${key(entry)} → ${status}`),
  );
  none(undocumented);
});

test('routes_and_contract_agree_on_access_body_scope_query_and_replays', () => {
  const stated = new Map(operations().map((entry) => [key(entry), rowOf(entry.operation)]));
  const differing = routes
    .filter((route) => stated.has(key(route)))
    .flatMap((route) => {
      const row = { ...route, query: route.query.split(' ').sort().join(' ') };
      return Object.entries(stated.get(key(route)))
        .filter(([column]) => !(column === 'query' && route.query === '*')) // the handler's
        .filter(([column, value]) => (row[column] ?? null) !== value)
        .map(([column, value]) => `${key(route)}: ${column} ${row[column]}, contract ${value}`);
    });
  none(differing);
});

/** Bounds of bodies, each four times the one before it: the smallest that holds what the schema allows. */
const BOUNDS = [4, 16, 64, 256, 1024].map((kilobytes) => kilobytes * 1024);
const CHARACTER_BYTES = 12; // of one beyond the basic plane, escaped: \ud83d\ude00
const TEXT_LENGTH = 255; // where a pattern is all that bounds it
const LENGTHS = { uuid: 36, date: 10, 'date-time': 35 };

function objectBytes({ properties = {}, additionalProperties, maxProperties = 0 }) {
  const members = Object.entries(properties).map(([name, one]) => name.length + 4 + bytesOf(one));
  const others = maxProperties * (TEXT_LENGTH + bytesOf(additionalProperties || {}));
  return members.reduce((sum, bytes) => sum + bytes, 2 + others);
}

const BYTES = {
  string: ({ maxLength, format }) =>
    CHARACTER_BYTES * (maxLength ?? LENGTHS[format] ?? TEXT_LENGTH) + 2,
  integer: () => 24,
  number: () => 24,
  boolean: () => 5,
  null: () => 4,
  array: ({ items, maxItems }) => 2 + (maxItems ?? literals(items).length) * (bytesOf(items) + 1),
  object: objectBytes,
};

const followed = (schema) => (schema.$ref ? followed(resolve(schema.$ref.slice(1)).node) : schema);
const literals = (schema) => followed(schema).enum ?? [followed(schema).const];

/** The most bytes of JSON that fit a schema. */
function bytesOf(reference) {
  const schema = followed(reference);
  if (schema.enum) return Math.max(...schema.enum.map((one) => JSON.stringify(one).length));
  const parts = (schema.allOf ?? []).reduce((sum, part) => sum + bytesOf(part), 0);
  const choice = Math.max(0, ...(schema.oneOf ?? schema.anyOf ?? []).map(bytesOf));
  const kinds = [schema.type ?? (schema.properties ? 'object' : [])].flat();
  return parts + choice + Math.max(0, ...kinds.map((kind) => BYTES[kind](schema)));
}

test('each_body_is_bounded_by_what_its_schema_needs_and_the_contract_says_so', () => {
  const bounds = new Map(routes.map((route) => [key(route), route.body_bytes_max]));
  const differing = operations()
    .filter(({ operation }) => operation.requestBody)
    .flatMap((entry) => {
      const { 'x-body-bytes': stated, requestBody } = entry.operation;
      const bound = bounds.get(key(entry));
      const json = requestBody.content['application/json'];
      const needed = json ? bytesOf(json.schema) : stated;
      const isAct = bodyOf(entry.operation) === 'act';
      const wanted = isAct
        ? 1024
        : json
          ? (BOUNDS.find((one) => one >= needed) ?? BOUNDS.at(-1))
          : stated;
      return bound === stated && bound === wanted
        ? []
        : [`${key(entry)}: ${bound}, x-body-bytes ${stated}, ${needed} needed: ${wanted}`];
    });
  none(differing);
});

// grep finds the C of an operation by its name: listTokens is handle_list_tokens.
test('handlers_are_named_after_their_operation', () => {
  const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const named = new Map(operations().map((one) => [key(one), one.operation.operationId]));
  none(
    routes
      .filter((route) => named.has(key(route)))
      .filter((route) => route.handler !== `handle_${snake(named.get(key(route)))}`)
      .map((route) => `${key(route)}: ${route.handler}, contract ${named.get(key(route))}`),
  );
});

test('operation_ids_are_unique', () => {
  const names = operations().map(({ operation }) => operation.operationId);
  none(names.filter((name, index) => !name || names.indexOf(name) !== index));
});

test('every_reference_resolves', () => {
  const references = read('openapi.yaml').match(/\$ref:\s*['"]?(#[^'"\s]+)/g) ?? [];
  const lost = references
    .map((text) => text.replace(/^\$ref:\s*['"]?/, ''))
    .filter((pointer) => resolve(pointer.slice(1)).node === undefined);
  none(lost);
});

test('problems_are_one_schema', () => {
  const ad_hoc = operations().flatMap((entry) =>
    Object.entries(entry.operation.responses ?? {})
      .filter(([status]) => /^[45]/.test(status) && !entry.path.startsWith('/gateway/'))
      .filter(([, response]) => !response.$ref && !response.content?.['application/problem+json'])
      .map(([status]) => `${key(entry)} ${status}`),
  );
  none(ad_hoc);
});

test('every_act_that_is_recorded_is_in_the_contract', () => {
  const { AuditAction, WebhookEventName } = contract.components.schemas;
  const acts = new Set(AuditAction.enum);
  const kinds = [...new Set(AuditAction.enum.map((act) => act.split('.')[0]))];
  const written = new RegExp(`"((?:${kinds.join('|')})\\.[a-z_]+)"`, 'g');
  const events = new Set(WebhookEventName.enum);
  const found = files(/^api\/.*\.c$/).flatMap((path) =>
    [...read(path).matchAll(written)].map(([, act]) => act),
  );
  assert.ok(found.length > 50);
  none(found.filter((act) => !acts.has(act) && !events.has(act)));
});

test('the_contract_is_one_file', () => {
  assert.deepEqual(files(/openapi.*\.(ya?ml|json)$/), ['openapi.yaml']);
});
