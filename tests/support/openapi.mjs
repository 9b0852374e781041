// The contract, openapi.yaml, as a judge of answers: is this status documented for this operation,
// with this media type, these headers, this body?
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const CONTRACT = fileURLToPath(new URL('../../openapi.yaml', import.meta.url));
const KEPT = fileURLToPath(new URL('../../build/contract.json', import.meta.url));
const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'];
// What the contract describes; everything else is the frontend's.
export const DESCRIBED = /^\/(v1|gateway|health|docs|openapi\.yaml|\.well-known)(\/|$)/;

// To parse the YAML takes each test file half a second; what came of it is kept for those that follow.
function readContract() {
  const text = readFileSync(CONTRACT, 'utf8');
  const hash = createHash('sha256').update(text).digest('hex');
  try {
    const kept = JSON.parse(readFileSync(KEPT, 'utf8'));
    if (kept.hash === hash) return kept.parsed;
  } catch {
    // Not there yet.
  }
  const parsed = parse(text);
  mkdirSync(dirname(KEPT), { recursive: true });
  writeFileSync(`${KEPT}.${process.pid}`, JSON.stringify({ hash, parsed }));
  renameSync(`${KEPT}.${process.pid}`, KEPT);
  return parsed;
}

/** The parsed contract. */
export const contract = readContract();

const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
addFormats(ajv);
// Clients must bear new members; our own tests must not let one pass that nobody wrote down.
function closed(node) {
  if (Array.isArray(node)) return node.map(closed);
  if (node === null || typeof node !== 'object') return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  if (node.properties && !('additionalProperties' in node)) copy.additionalProperties = false;
  return copy;
}
ajv.addSchema(closed(contract), 'openapi.yaml');

const validators = new Map();

/** An answer that the contract does not allow. */
export class ContractError extends Error {
  name = 'ContractError';
}

/** Every operation of a parsed contract: `{method, path, operation}`. */
export function operationsOf(document) {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      method: method.toUpperCase(),
      path,
      operation: item[method],
    })),
  );
}

/** Every operation of this checkout's contract. */
export const operations = () => operationsOf(contract);

/**
 * The node at a JSON pointer, `$ref`s followed, and the pointer where it really is.
 * @param {string} pointer
 */
export function resolve(pointer) {
  const node = pointer
    .split('/')
    .slice(1)
    .reduce((at, key) => at?.[key.replace(/~1/g, '/').replace(/~0/g, '~')], contract);
  return node?.$ref ? resolve(node.$ref.slice(1)) : { node, pointer };
}

const escape = (key) => String(key).replace(/~/g, '~0').replace(/\//g, '~1');

/** The validator of the schema at a pointer. */
export function validatorAt(pointer) {
  if (!validators.has(pointer)) {
    validators.set(pointer, ajv.compile({ $ref: `openapi.yaml#${encodeURI(pointer)}` }));
  }
  return validators.get(pointer);
}

const templates = Object.keys(contract.paths ?? {})
  .map((path) => ({
    path,
    parameters: (path.match(/\{/g) ?? []).length,
    pattern: new RegExp(
      `^${path
        .split(/(\{[^}]+\})/)
        .map((part) => {
          if (!part.startsWith('{')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
          return part === '{path}' ? '.+' : '[^/]*'; // {path} alone runs over several segments
        })
        .join('')}$`,
    ),
  }))
  .sort((a, b) => a.parameters - b.parameters);

/**
 * The path of the contract that a request path falls under.
 * @param {string} path without query
 */
export function findTemplate(path) {
  return templates.find(({ pattern }) => pattern.test(path))?.path;
}

function fail(answer, message) {
  const shown = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  throw new ContractError(
    `${answer.method} ${answer.path} → ${answer.status}: ${message}\n${String(shown).slice(0, 2000)}`,
  );
}

function mediaType(headers) {
  return (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
}

function findMedia(content, type) {
  const family = type.replace(/\/.*/, '/*');
  return [type, family, '*/*'].find((key) => content[key]);
}

function checkHeaders(answer, pointer, headers) {
  for (const name of Object.keys(headers ?? {})) {
    const header = resolve(`${pointer}/headers/${escape(name)}`);
    const value = answer.headers[name.toLowerCase()];
    if (value === undefined) {
      if (header.node.required) fail(answer, `header ${name} is missing`);
      continue;
    }
    const number = ['integer', 'number'].includes(header.node.schema?.type);
    const validate = validatorAt(`${header.pointer}/schema`);
    for (const each of [value].flat()) {
      if (!validate(number ? Number(each) : each)) {
        fail(answer, `header ${name}: ${ajv.errorsText(validate.errors)}`);
      }
    }
  }
}

function checkBody(answer, pointer, content) {
  const type = mediaType(answer.headers);
  if (!content || answer.method === 'HEAD') {
    if (answer.bytes.length > 0) fail(answer, 'a body where none is documented');
    return;
  }
  const key = findMedia(content, type);
  if (!key) fail(answer, `media type "${type}" is not documented`);
  if (!content[key].schema || !/json$/.test(type)) return;
  const validate = validatorAt(`${pointer}/content/${escape(key)}/schema`);
  if (!validate(answer.body)) fail(answer, ajv.errorsText(validate.errors, { separator: '\n' }));
}

function checkUndocumentedOperation(answer, template) {
  if (template && answer.method === 'OPTIONS' && answer.status === 204) {
    checkBody(answer, '', undefined); // everywhere, and not documented apart
    return;
  }
  const expected = template ? [405, 501] : [404, 405, 501];
  if (!expected.includes(answer.status)) {
    fail(answer, `no such operation in the contract; ${expected.join(' or ')} expected`);
  }
  if (answer.status === 405 && !answer.headers.allow) fail(answer, 'header Allow is missing');
  const gateway = answer.path.startsWith('/gateway/');
  if (
    answer.method !== 'HEAD' &&
    !gateway &&
    mediaType(answer.headers) !== 'application/problem+json'
  ) {
    fail(answer, 'errors are application/problem+json');
  }
}

/**
 * Throws a ContractError unless the contract documents this answer.
 * @param {{method: string, path: string, status: number, headers: Record<string, string>,
 *   body: unknown, bytes: Buffer}} answer
 */
export function checkAnswer(answer) {
  const path = answer.path.replace(/[?#].*/s, '');
  if (!DESCRIBED.test(path)) return;
  const template = findTemplate(path);
  const item = template && contract.paths[template];
  const method = answer.method.toLowerCase();
  // HEAD is answered from GET everywhere (RFC 9110, 9.3.2) and not documented apart.
  const documented = method === 'head' && !item?.head ? 'get' : method;
  if (!item?.[documented]) {
    checkUndocumentedOperation(answer, template);
    return;
  }
  const at = `/paths/${escape(template)}/${documented}/responses`;
  const responses = item[documented].responses ?? {};
  const key = [String(answer.status), `${String(answer.status)[0]}XX`, 'default'].find(
    (candidate) => responses[candidate],
  );
  if (!key) fail(answer, `status not documented (${Object.keys(responses).join(', ')})`);
  const { node, pointer } = resolve(`${at}/${key}`);
  checkHeaders(answer, pointer, node.headers);
  checkBody(answer, pointer, node.content);
}
