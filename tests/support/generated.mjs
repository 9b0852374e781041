// Requests to the operations of the contract, made from their schemas: most fit, some are a little
// wrong, some are hostile.
import fc from 'fast-check';
import { arbitraryOf, bodyOf, hostile } from './arbitrary.mjs';
import { resolve } from './openapi.mjs';

/** All parameters at once stay below the 32 kB of a header block, past which every operation answers 431. */
const QUERY_CHARACTERS_MAX = 4000;

const parametersOf = ({ path, operation }) =>
  [
    ...(resolve(`/paths/${path.replace(/\//g, '~1')}`).node.parameters ?? []),
    ...(operation.parameters ?? []),
  ].map((given) => (given.$ref ? resolve(given.$ref.slice(1)).node : given));

function segmentOf({ name, schema }, known) {
  const fitting = (known[name] ?? []).length > 0 ? [fc.constantFrom(...known[name])] : [];
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

/**
 * Requests to this operation: `{segments, query, headers, body}`.
 * @param {{path: string, operation: any}} entry
 * @param {Record<string, string[]>} known identifiers of things that exist, by the name of the path parameter
 */
export function requestOf(entry, known) {
  const parameters = parametersOf(entry);
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const segments = fc.record(
    Object.fromEntries(inPath.map((each) => [each.name, segmentOf(each, known)])),
  );
  const query = fc.record(
    Object.fromEntries(
      inQuery.map(({ name, schema }) => [
        name,
        fc
          .oneof({ weight: 5, arbitrary: arbitraryOf(schema) }, hostile)
          .map((value) => toText(value).slice(0, QUERY_CHARACTERS_MAX)),
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

/** Sends one of them; `more` are options of the client, such as `{bearer}`. */
export function send(client, { method, path }, { segments, query, headers, body }, more = {}) {
  const target = path.replace(/\{(\w+)\}/g, (_, name) => segments[name]);
  const search = new URLSearchParams(query).toString();
  const typed = Array.isArray(body) || Object(body) !== body ? JSON.stringify(body) : body;
  const extra = typeof typed === 'string' ? { 'content-type': 'application/json' } : {};
  const patch = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {};
  const options = { ...more, headers: { ...extra, ...patch, ...latin(headers) } };
  return client.request(method, search ? `${target}?${search}` : target, typed, options);
}

// Header values are bytes.
const latin = (headers) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace(/[^\x20-\xff]/g, '?')]),
  );
